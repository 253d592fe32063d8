import { formatNct, guidFromUint128, settle } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { type LoggedBounty, settlementInputOf } from './bounty-log.ts'

/** The honest parties of a market, by address. */
export interface HonestParties {
  /** Names by address, all of them. */
  names: ReadonlyMap<Address, string>
  /** Whose bounties have to be answered and voted on: their artifacts are known to the arbiter. */
  ambassador: Address
}

/**
 * What honest parties lost on a bounty that is over, in sentences: a verdict that was not revealed, a vote that was not cast, a
 * claim that was not collected, a payout that is not what the rules give. Whoever declined a bounty has lost nothing.
 */
export function honestLosses(bounty: LoggedBounty, { names, ambassador }: HonestParties): string[] {
  const name = `Bounty ${guidFromUint128(bounty.guid).slice(0, 8)}`
  const due = payoutsOf(bounty)
  const losses: string[] = []
  for (const { author, reveal } of bounty.assertions) {
    const party = names.get(author)
    if (party !== undefined && reveal === null) losses.push(`${name}: ${party} did not reveal.`)
  }
  if (bounty.author === ambassador) {
    if (bounty.votes.length === 0) losses.push(`${name}: no arbiter voted.`)
    if (!bounty.assertions.some(({ author }) => names.has(author))) losses.push(`${name}: no honest engine answered.`)
  }
  for (const [address, amount] of due) {
    const party = names.get(address)
    if (party === undefined) continue
    const settled = bounty.settlements.filter(({ settler }) => settler === address)
    if (settled.length === 0) {
      losses.push(`${name}: ${party} did not settle.`)
      continue
    }
    const paid = settled.reduce((sum, { payout }) => sum + payout, 0n)
    if (paid !== amount)
      losses.push(`${name}: ${party} was paid ${formatNct(paid)}, the rules give ${formatNct(amount)}.`)
  }
  return losses
}

/** What each party gets in all its roles, by the rules. */
function payoutsOf(bounty: LoggedBounty): Map<Address, bigint> {
  const due = new Map<Address, bigint>()
  for (const { address, paid } of settle(settlementInputOf(bounty)).payouts) {
    due.set(address, (due.get(address) ?? 0n) + paid)
  }
  return due
}

/** What every party has put into a bounty. */
export function paymentsOf(bounty: LoggedBounty): Map<Address, bigint> {
  const paid = new Map<Address, bigint>([[bounty.author, bounty.amount + bounty.bountyFee]])
  for (const { author, bids } of bounty.assertions) {
    const sum = bids.reduce((total, bid) => total + bid, bounty.assertionFee)
    paid.set(author, (paid.get(author) ?? 0n) + sum)
  }
  return paid
}
