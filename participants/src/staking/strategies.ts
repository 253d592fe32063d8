import { parseNct } from '@polyswarm/protocol'

/** How much of a market's range a staking engine uses, whatever the odds. */
export type RangeStrategy = 'default' | 'aggressive' | 'conservative'

/** How a staking engine bids: a share of the market's range, or what makes its money grow; see `growthBids`. */
export type StakingStrategy = RangeStrategy | 'growth'

/** The names of the strategies that {@link bidFor} knows. */
export const RANGE_STRATEGIES = ['default', 'aggressive', 'conservative'] as const satisfies RangeStrategy[]

/** The names of all strategies. */
export const STAKING_STRATEGIES = [...RANGE_STRATEGIES, 'growth'] as const satisfies StakingStrategy[]

/** What a market allows to be bid on one artifact, in base units. */
export interface BidRange {
  minimum: bigint
  maximum: bigint
}

/** What can be bid where the market does not say: what the contract says. */
export const USUAL_RANGE: BidRange = { minimum: parseNct('0.0625'), maximum: parseNct('1') }

const PARTS_PER_MILLION = 1_000_000n

/** The aggressive strategy begins at this many times the minimum. */
const AGGRESSIVE_MULTIPLE = 8n

/**
 * The bid on one artifact, from the low to the high end of a strategy's range in proportion to the confidence, in whole base
 * units, never outside of what the market allows.
 *
 * - `default`: from the market's minimum to its maximum;
 * - `aggressive`: from eight times the minimum to the maximum;
 * - `conservative`: always the minimum.
 *
 * @param confidence 0 to 1; values outside count as the nearest of the two, and NaN as 0.
 */
export function bidFor(strategy: RangeStrategy, confidence: number, { minimum, maximum }: BidRange): bigint {
  const share = BigInt(Math.round(Math.min(1, Math.max(0, Number.isNaN(confidence) ? 0 : confidence)) * 1_000_000))
  const clamp = (bid: bigint): bigint => (bid < minimum ? minimum : bid > maximum ? maximum : bid)
  const low = clamp(strategy === 'aggressive' ? minimum * AGGRESSIVE_MULTIPLE : minimum)
  const high = strategy === 'conservative' ? low : maximum
  return clamp(low + ((high - low) * share) / PARTS_PER_MILLION)
}

/**
 * Whether bids and fee can be paid out of what is free.
 *
 * @param available the balance, less what other assertions have been promised, in base units.
 */
export function isAffordable(bids: readonly bigint[], fee: bigint, available: bigint): boolean {
  return bids.reduce((sum, bid) => sum + bid, fee) <= available
}
