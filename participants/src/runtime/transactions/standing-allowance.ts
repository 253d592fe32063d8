import { approveCall } from '@polyswarm/protocol'
import type { MarketPin } from '../market/market.js'
import type { MarketAction } from '../market/market-action.js'
import type { PricedTransaction } from './gas-quotes.js'

/** How much the registry may take without being asked, at most and now. Base units. */
export interface StandingAllowance {
  /** Without it there is no standing allowance. */
  cap: bigint | undefined
  left: bigint
}

/**
 * Takes the approval out of an action's transactions where a standing one suffices, or makes it a standing one. What is
 * approved is never above the cap; an action that costs more than the cap keeps its own, exact approval.
 *
 * @param transactions priced ones, of which the first is the approval that the action needs exactly.
 * @returns what to sign, and what the standing allowance is then worth; undefined where it stays as it is.
 */
export function withStandingAllowance(
  transactions: readonly PricedTransaction[],
  action: MarketAction,
  market: MarketPin,
  { cap, left }: StandingAllowance,
): { transactions: readonly PricedTransaction[]; left?: bigint } {
  const cost = costOf(action)
  const [approval, ...rest] = transactions
  if (cost === undefined || approval === undefined) return { transactions }
  // An exact approval replaces the standing one, and is used up at once.
  if (cap === undefined || cost > cap) return { transactions, left: 0n }
  if (cost <= left) return { transactions: rest, left: left - cost }
  const { data } = approveCall(market, market.bountyRegistry, cap)
  return { transactions: [{ ...approval, data }, ...rest], left: cap - cost }
}

/** What the registry takes for an action; undefined where it takes nothing. */
function costOf(action: MarketAction): bigint | undefined {
  switch (action.kind) {
    case 'assert':
      return action.order.bids.reduce((sum, bid) => sum + bid, action.assertionFee)
    case 'post':
      return action.order.amount + action.bountyFee
    default:
      return undefined
  }
}
