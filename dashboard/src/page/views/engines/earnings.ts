import type { Movement } from '@polyswarm/protocol'

/** Points of a picture at most. */
const MOST = 200

/** What an engine had earned at a block, in base units: below 0 where it had put more on bounties than they paid. */
export interface EarningsPoint {
  block: number
  sum: bigint
}

/** Earnings added up over the movements of bounties that have paid: a bid on one that is open is no loss yet. */
export function earningsOf(movements: readonly Movement[]): EarningsPoint[] {
  const spent = new Map<string, bigint>()
  const points: EarningsPoint[] = []
  let sum = 0n
  for (const { reason, guid, amount, block_number: block } of movements) {
    if (guid === null) continue
    if (reason === 'bid' || reason === 'assertion-fee') spent.set(guid, (spent.get(guid) ?? 0n) + amount)
    if (reason !== 'settlement') continue
    sum += amount - (spent.get(guid) ?? 0n)
    spent.delete(guid)
    points.push({ block, sum })
  }
  const step = Math.ceil(points.length / MOST)
  return points.filter((_, index) => index % step === 0 || index === points.length - 1)
}
