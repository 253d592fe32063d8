import { bidOn, hasBit, isCorrect, type SettledAssertion } from '@polyswarm/protocol'

/** What an engine's column says of one artifact. */
export interface VerdictCell {
  state: 'none' | 'sealed' | 'never' | 'late' | 'right' | 'wrong' | 'undecided'
  /** Null where it is not known. */
  malicious: boolean | null
  bid: bigint
}

/**
 * What an assertion says of an artifact, and what became of it.
 *
 * @param consensus the truth as a set of malicious artifacts; null while it is not known, or where nobody voted.
 * @param over how far the bounty is: whether reveals still come, votes still come, or all is over.
 */
export function verdictCell(
  assertion: SettledAssertion,
  artifact: number,
  consensus: bigint | null,
  over: 'nothing' | 'reveals' | 'everything',
): VerdictCell {
  if (!hasBit(assertion.mask, artifact)) return { state: 'none', malicious: null, bid: 0n }
  const bid = bidOn(assertion, artifact)
  if (assertion.verdicts === null) {
    return { state: over === 'nothing' ? 'sealed' : over === 'reveals' ? 'late' : 'never', malicious: null, bid }
  }
  const malicious = hasBit(assertion.verdicts, artifact)
  if (consensus === null || over !== 'everything') return { state: 'undecided', malicious, bid }
  return { state: isCorrect(assertion, artifact, consensus) ? 'right' : 'wrong', malicious, bid }
}
