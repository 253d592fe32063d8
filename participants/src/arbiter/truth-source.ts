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

/** What a source knows about an artifact. */
export interface TruthAnswer {
  /** Undefined where the source does not know. */
  verdict: Verdict | undefined
  /** What the answer rests on, or why there is none; for people who look at the artifact, and for the record. */
  reason?: string | undefined
}

/** What an arbiter has learned since it was first started, which some sources answer from. */
export interface ArbiterMemory {
  /** What the arbiters of this market settled on about a file before; undefined where that is nothing, or contradictory. */
  settled(sha256: string): Verdict | undefined
  /** What a person decided about a file, and who. */
  decided(sha256: string): { verdict: Verdict; who: string } | undefined
}

/** Where an arbiter knows the truth from. */
export interface TruthSource {
  readonly name: string
  /** Whether an artifact that nobody knows is to wait for a person. */
  readonly waitsForPeople?: boolean
  /** Before the first artifact. Throws where the source cannot work. */
  setup(memory: ArbiterMemory): Promise<void>
  /**
   * The truth about an artifact, as far as this source knows it.
   *
   * @throws TruthUnavailableError where it cannot be asked now: no other source is to answer in its place.
   */
  judge(request: TruthRequest): Promise<TruthAnswer>
  /** The same by the hash alone, where that is enough; undefined, or no such method, where it is not. */
  recall?(sha256: string): TruthAnswer
  /** After the last one; also after a setup that failed. */
  teardown(): Promise<void>
}
