import { approveCall } from '@polyswarm/protocol'
import type { MarketPin } from '../market/market.js'
import { approvalOf, type MarketAction } from '../market/market-action.js'
import type { PricedTransaction } from './gas-quotes.js'

/** How much the registry may take without being asked, at most and now. Base units. */
export interface StandingAllowance {
  /** Without it there is no standing allowance. */
  cap: bigint | undefined
  left: bigint
}

/**
 * Takes the approval out of the transactions of actions where a standing one suffices, or makes it a standing one. What is
 * approved is never above the cap; what costs more than the cap keeps its own, exact approval.
 *
 * @param transactions priced ones, of which the first is the approval that the actions need exactly.
 * @returns what to sign, and what the standing allowance is then worth; undefined where it stays as it is.
 */
export function withStandingAllowance(
  transactions: readonly PricedTransaction[],
  actions: readonly MarketAction[],
  market: MarketPin,
  { cap, left }: StandingAllowance,
): { transactions: readonly PricedTransaction[]; left?: bigint } {
  const needed = approvalOf(market, actions)
  const [approval, ...rest] = transactions
  if (needed?.spender !== market.bountyRegistry || approval === undefined) return { transactions }
  const { amount } = needed
  // An exact approval replaces the standing one, and is used up at once.
  if (cap === undefined || amount > cap) return { transactions, left: 0n }
  if (amount <= left) return { transactions: rest, left: left - amount }
  const { data } = approveCall(market, market.bountyRegistry, cap)
  return { transactions: [{ ...approval, data }, ...rest], left: cap - amount }
}
