import type { ArtifactType, Verdict } from '@polyswarm/protocol'

/** One artifact whose truth is asked for. */
export interface TruthRequest {
  content: Uint8Array
  /** SHA-256 of the content, lower-case hexadecimal. */
  sha256: string
  artifactType: ArtifactType
  /** What the ambassador says of the artifact; a stranger has written it. */
  metadata: Record<string, unknown>
  signal: AbortSignal
}

/** Where an arbiter knows the truth from. */
export interface TruthSource {
  readonly name: string
  /** Before the first artifact. Throws where the source cannot work. */
  setup(): Promise<void>
  /** @returns the truth about an artifact; undefined where the source does not know it. */
  judge(request: TruthRequest): Promise<Verdict | undefined>
  /** After the last one; also after a setup that failed. */
  teardown(): Promise<void>
}
