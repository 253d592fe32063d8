import type { ArtifactType } from '@polyswarm/protocol'
import type { Finding, ToolVersions } from '../findings/finding.js'

/** One artifact to look at. */
export interface AnalysisRequest {
  /** The artifact's bytes; of a `url` artifact, the URL as UTF-8. Not to be changed: other backends see the same bytes. */
  content: Uint8Array
  artifactType: ArtifactType
  /** What the ambassador says of the artifact. Written by a stranger: a hint at best. */
  metadata: Record<string, unknown>
  /** Fires when an answer would come too late. */
  signal: AbortSignal
}

/**
 * One tool that looks at one artifact and returns a finding. An error that it throws, or an answer after its time, costs its
 * own finding and nothing else; it is never read as `benign`.
 *
 * @typeParam Request what it has to know of an artifact; whoever runs it has that.
 */
export interface AnalysisBackend<Request extends AnalysisRequest = AnalysisRequest> {
  readonly name: string
  /** What is known of the tool's version and that of its signatures; goes into the assertion's metadata. */
  readonly versions: ToolVersions
  /** Artifacts that it looks at, at the same time; without it, as many as come. */
  readonly concurrency?: number
  /** Whether archives and other containers are to be opened for it: then it sees the members one by one, besides the whole. */
  readonly wantsMembers?: boolean
  /** Before the first artifact. Throws where the backend cannot work. */
  setup(): Promise<void>
  analyze(request: Request): Promise<Finding>
  /** After the last one; also after a setup that failed. */
  teardown(): Promise<void>
}
