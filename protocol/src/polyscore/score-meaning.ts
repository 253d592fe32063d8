import type { PolyScore } from './polyscore.js'

/** What a score means in words. */
export type ScoreMeaning = 'malicious' | 'probably malicious' | 'undecided' | 'probably benign' | 'benign'

/**
 * What to make of a score: below 0.3 benign, from 0.7 on malicious, as the original's programs have it. It says "probably" as
 * long as the other answer lies within the interval.
 *
 * @example
 * ```ts
 * import { scoreMeaning } from '@polyswarm/protocol/polyscore'
 * scoreMeaning({ probability: 0.97, interval: [0.9, 0.99] }) // => 'malicious'
 * scoreMeaning({ probability: 0.8, interval: [0.2, 0.98] }) // => 'probably malicious'
 * ```
 */
export function scoreMeaning({ probability, interval }: Pick<PolyScore, 'probability' | 'interval'>): ScoreMeaning {
  if (probability >= 0.7) return interval[0] >= 0.5 ? 'malicious' : 'probably malicious'
  if (probability < 0.3) return interval[1] <= 0.5 ? 'benign' : 'probably benign'
  return 'undecided'
}
