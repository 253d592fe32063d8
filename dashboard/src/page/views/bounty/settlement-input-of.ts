import { maskFromBooleans, type SettlementInput } from '@polyswarm/protocol'
import type { BountyRecord } from '../../queries/bounty-query.js'

/** What the payout of a bounty is calculated from, as the chain has told it so far. */
export function settlementInputOf({ bounty, terms, assertions, votes }: BountyRecord): SettlementInput {
  return {
    author: bounty.author,
    amount: bounty.amount,
    numArtifacts: terms.num_artifacts,
    bountyFee: terms.bounty_fee,
    assertionFee: terms.assertion_fee,
    assertions: assertions.map(({ author, mask, bid, verdicts }) => ({
      author,
      mask: maskFromBooleans(mask),
      bids: bid,
      verdicts: verdicts.includes(null) ? null : maskFromBooleans(verdicts.map((verdict) => verdict === true)),
    })),
    votes: votes.map(({ voter, votes: set }) => ({ voter, votes: maskFromBooleans(set) })),
  }
}
