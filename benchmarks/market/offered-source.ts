import type { BountySource } from '../../participants/dist/ambassador/bounty-source.js'

/**
 * Offers the bounties of a source at a steady rate, whatever becomes of them.
 *
 * @param perSecond bounties a second, from the first time that it is asked.
 */
export function offeredSource(source: BountySource, perSecond: number): BountySource {
  let plans: string[] | undefined
  let since = 0
  let offered = 0
  return {
    ...source,
    endless: true,
    plan: async () => {
      if (!plans) {
        plans = await source.plan()
        since = performance.now()
      }
      const due = Math.min(Math.floor(((performance.now() - since) / 1000) * perSecond) + 1, plans.length)
      const next = plans.slice(offered, due)
      offered = Math.max(offered, due)
      return next
    },
  }
}
