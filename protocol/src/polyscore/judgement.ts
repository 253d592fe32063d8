import type { Verdict } from '../verdict.js'

/** One answer on one artifact: a revealed assertion of an engine, or a finding of one of an engine's own backends. */
export interface Judgement {
  /** Who gives it: the address of an engine, or the name of a backend. The same text each time. */
  judge: string
  verdict: Verdict
  /** What stands behind it, in base units, where it is an assertion. */
  bid?: bigint | undefined
  /** How sure the judge is, 0 to 1; 1 where it does not say. */
  confidence?: number | undefined
}

/** An artifact on which all answers are in. */
export interface JudgedArtifact {
  /** What tells it from others, such as guid and index: only needed where its truth may still come. */
  id?: string | undefined
  /** Kind of file, such as its MIME type or `url`; records are kept for each. */
  fileType: string
  judgements: readonly Judgement[]
  /** What the arbiters agreed on; null while they have not, or where they did not. */
  truth: Verdict | null
}
