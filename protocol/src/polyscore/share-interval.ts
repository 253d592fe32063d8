import { betaQuantile } from './beta.js'

/**
 * Where a share lies with a probability of 95 % that was seen in so many cases, before which nothing was known of it.
 *
 * @param share from 0 to 1.
 * @param cases how many it was seen in; they need not be whole.
 * @returns the lower and the upper end; the share itself is between them.
 *
 * @example
 * ```ts
 * import { shareInterval } from '@polyswarm/protocol/polyscore'
 * shareInterval(0.5, 0).map((end) => Math.round(end * 1000)) // => [25, 975]
 * ```
 */
export function shareInterval(share: number, cases: number): [number, number] {
  const beta = { for: 1 + cases * share, against: 1 + cases * (1 - share) }
  return [Math.min(share, betaQuantile(beta, 0.025)), Math.max(share, betaQuantile(beta, 0.975))]
}
