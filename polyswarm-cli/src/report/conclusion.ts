import type { Instance } from '@polyswarm/protocol/consumer'

/** What a submission comes to. `open`: answers may still come. `undecided`: they speak neither for nor against. */
export interface Conclusion {
  outcome: 'malicious' | 'benign' | 'undecided' | 'open'
  /** What it rests on: the arbiters' votes, the PolyScore, or the engines' answers alone. */
  because: 'truth' | 'score' | 'engines' | 'nothing'
}

/** PolyScores from which on an artifact counts as malicious, and below which as benign; those of `scoreMeaning`. */
const MALICIOUS = 0.7
const BENIGN = 0.3

/**
 * What a submission comes to: the truth where the arbiters agree on one, else what the PolyScore says, else what most of the
 * engines say.
 */
export function conclusionOf({ truth, polyscore, assertions, window_closed }: Instance): Conclusion {
  if (truth !== null) return { outcome: truth ? 'malicious' : 'benign', because: 'truth' }
  if (!window_closed) return { outcome: 'open', because: 'nothing' }
  if (polyscore !== null) {
    const outcome = polyscore >= MALICIOUS ? 'malicious' : polyscore < BENIGN ? 'benign' : 'undecided'
    return { outcome, because: 'score' }
  }
  const given = assertions.filter(({ mask, verdict }) => mask && verdict !== null)
  const against = given.filter(({ verdict }) => verdict).length
  if (given.length === 0) return { outcome: 'undecided', because: 'nothing' }
  const outcome = 2 * against > given.length ? 'malicious' : 2 * against < given.length ? 'benign' : 'undecided'
  return { outcome, because: 'engines' }
}

/** Whether an answer comes to `malicious`; see {@link conclusionOf}. */
export function isMalicious({ instance }: { instance: Instance }): boolean {
  return conclusionOf(instance).outcome === 'malicious'
}
