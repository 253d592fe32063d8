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
  const asked = `${share} ${cases}`
  const found = known.get(asked) ?? intervalOf(share, cases)
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(asked, found)
  return [...found]
}

/** Those that were asked for lately: engines are sure to a few degrees, again and again, and an interval takes a while. */
const known = new Map<string, readonly [number, number]>()
const MOST_KNOWN = 1_000

function intervalOf(share: number, cases: number): readonly [number, number] {
  const beta = { for: 1 + cases * share, against: 1 + cases * (1 - share) }
  return [Math.min(share, betaQuantile(beta, 0.025)), Math.max(share, betaQuantile(beta, 0.975))]
}
