import type { Beta } from './beta.js'

/** How often a judge said what, of artifacts of which the truth is known. Weights rather than numbers: old cases fade. */
export interface Tally {
  truePositive: number
  falseNegative: number
  trueNegative: number
  falsePositive: number
}

/** How good a judge is taken to be on one kind of file. */
export interface Accuracy {
  /** Share of malicious artifacts that it calls malicious. */
  sensitivity: Beta
  /** Share of benign artifacts that it calls benign. */
  specificity: Beta
  /** Share of malicious and of benign artifacts that it is right about where it bids as much as it did here. */
  likelihood: { sensitivity: number; specificity: number }
  /** Artifacts with a truth that it is known by; what is only agreed on counts for a quarter. */
  cases: number
  /** Its record on all kinds of files. */
  record: Tally
  /** Its record on this kind alone. */
  ofType: Tally
}

/** A record with nothing in it. */
export function emptyTally(): Tally {
  return { truePositive: 0, falseNegative: 0, trueNegative: 0, falsePositive: 0 }
}

/** Artifacts that a record rests on. */
export function casesOf({ truePositive, falseNegative, trueNegative, falsePositive }: Tally): number {
  return truePositive + falseNegative + trueNegative + falsePositive
}

/** Adds a case, or a part of one, to a record. */
export function count(tally: Tally, isMalicious: boolean, saidMalicious: boolean, weight: number): void {
  if (isMalicious) tally[saidMalicious ? 'truePositive' : 'falseNegative'] += weight
  else tally[saidMalicious ? 'falsePositive' : 'trueNegative'] += weight
}
