import type { BidRequest } from './bid-request.js'
import { growthBids } from './growth.js'
import { bidFor, type StakingStrategy } from './strategies.js'

/** What the staking engine is told once. */
export interface StakingSettings {
  /** What the transactions of an assertion cost, in Nectar's base units; 0 by default. */
  gasCost?: bigint | undefined
  /** Share of the bid of fastest growth that the growth strategy makes; 1 by default, less is slower and steadier. */
  kellyFraction?: number | undefined
}

/** The bids of a strategy: one for each finding, null where none is made; null for all to stay out of the bounty. */
export function bidsFor(
  strategy: StakingStrategy,
  request: Omit<BidRequest, 'guid'>,
  { gasCost = 0n, kellyFraction = 1 }: StakingSettings = {},
): (bigint | null)[] | null {
  const { findings, range } = request
  if (strategy === 'growth') return growthBids({ ...request, gasCost, kellyFraction })
  return findings.map(({ confidence }) => bidFor(strategy, confidence, range))
}
