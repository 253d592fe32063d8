/** What an engine says of an artifact on chain: the two answers that money can be put on. */
export type Verdict = 'malicious' | 'benign'

/** Every answer that an analysis backend or an engine can give. Only `malicious` and `benign` are ever asserted. */
export const OUTCOMES = ['malicious', 'benign', 'suspicious', 'unknown', 'abstain'] as const

/** One of the five answers; see {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number]

/**
 * The verdict that a bit stands for: set, malicious.
 *
 * @example
 * ```ts
 * import { verdictOfBit } from '@polyswarm/protocol'
 * verdictOfBit(true) // => 'malicious'
 * ```
 */
export function verdictOfBit(malicious: boolean): Verdict {
  return malicious ? 'malicious' : 'benign'
}
