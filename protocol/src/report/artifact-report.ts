import type { ArtifactType } from '../artifact-type.js'
import type { FamilyVote } from '../polyscore/family.js'
import type { PolyScore } from '../polyscore/polyscore.js'
import type { Verdict } from '../verdict.js'

/** What one engine did about an artifact. */
export interface ReportedEngine {
  /** Its name, or its address. */
  name: string
  /** Null where it gave none; `note` says why. */
  verdict: Verdict | null
  /** In base units; null where nothing is known of it. */
  bid: bigint | null
  /** What it calls the artifact, as it says it. */
  family: string
  /** Such as `not revealed`. */
  note: string
}

/** The answer to the question what an artifact is. */
export interface ArtifactReport {
  /** Name of the file, or the URL. */
  name: string
  artifactType: ArtifactType
  sha256: string | null
  /** Null where nobody has answered, or not all that is due has been revealed. */
  score: Pick<PolyScore, 'probability' | 'interval' | 'reasons'> | null
  engines: readonly ReportedEngine[]
  family: FamilyVote
  /** What the arbiters agreed on. */
  truth: Verdict | null
  /** Arbiters that voted malicious, and all that voted. */
  votes: { malicious: number; total: number }
  /** In base units: what was offered, the fee, and what came back; null where it cost nothing. */
  cost: { reward: bigint; fee: bigint; refund: bigint } | null
  /** What else is to be said, in sentences. */
  notes: readonly string[]
}
