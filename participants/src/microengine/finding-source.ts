import type { ArtifactType, Guid } from '@polyswarm/protocol'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import type { Finding } from '../findings/finding.js'

/** The artifacts of one bounty, to be judged. */
export interface ScanOrder {
  client: PolyswarmdClient
  guid: Guid
  /** Content address of all of them. */
  uri: string
  artifactType: ArtifactType
  /** What the ambassador says of each, or why it is not to be looked at; as many as the chain says there are. */
  artifacts: readonly ({ metadata: Record<string, unknown> } | { skip: string })[]
  /** Milliseconds that are left, by estimate; the signal is what counts. */
  timeLeft: number
  /** Fires when what has not been said by then comes too late. Its reason is a TimeoutError, or the process stops. */
  signal: AbortSignal
  /** Told of each artifact as soon as there is a finding on it. */
  scanned?: (index: number, artifact: ScannedArtifact) => void
}

/** What became of one artifact. */
export interface ScannedArtifact {
  finding: Finding
  /** Format of the file, such as `pe`; `unknown` for what was not looked at. */
  fileType: string
  /** Milliseconds that it took; undefined for what was not looked at. */
  duration?: number | undefined
}

/**
 * Where an engine's front gets findings from: its own process, or workers elsewhere. Every source keeps the rules of
 * `findingSourceCases`.
 */
export interface FindingSource {
  /** Before the first bounty. Throws where there can be no findings. */
  setup(): Promise<void>
  /**
   * Judges the artifacts of a bounty.
   *
   * @returns one for each artifact, in their order; an abstention for each that could not be judged in time.
   * @throws what makes the bounty one to be refused, such as bytes that are not those of its content address.
   */
  scan(order: ScanOrder): Promise<ScannedArtifact[]>
  /** After the last one; also after a setup that failed. */
  teardown(): Promise<void>
}
