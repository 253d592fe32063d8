/**
 * What the contracts allow at most, in blocks: `MAXIMUM_STAKE_DURATION` of ArbiterStaking, `MAXIMUM_REVEAL_WINDOW` and
 * `MAXIMUM_VOTE_WINDOW` of BountyRegistry. A test holds them against the chain.
 */
export const MARKET_LIMITS = {
  stakeDuration: 2_628_000,
  assertionRevealWindow: 100,
  arbiterVoteWindow: 100_800,
} as const
