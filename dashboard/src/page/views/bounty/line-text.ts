import type { PayoutLine } from '@polyswarm/protocol'
import { formatNct } from '@polyswarm/protocol/amount'
import { texts } from '../../texts.js'

/** The rule of a line of a payout with its numbers, all digits of them. */
export function lineText(line: PayoutLine): string {
  const { rules, bounty } = texts
  const nct = (units: bigint) => `${formatNct(units)} ${texts.units.nct}`
  const artifact = 'artifact' in line ? `${bounty.artifact} ${line.artifact + 1}` : ''
  switch (line.rule) {
    case 'bid':
      return rules.bidBack(artifact, nct(line.paid))
    case 'lost-bids':
      return rules.lostBids(artifact, nct(line.bid), nct(line.lost), nct(line.won), nct(line.paid))
    case 'reward':
      return rules.reward(artifact, nct(line.bid), nct(line.reward), nct(line.won), nct(line.paid))
    case 'reward-back':
      return rules.rewardBack(artifact, nct(line.paid))
    case 'remainder':
      return rules.remainder(nct(line.paid))
    case 'fee-back':
      return rules.feeBack(nct(line.paid))
    case 'fees':
      return rules.fees(nct(line.fees), Number(line.agreed), Number(line.agreements), nct(line.paid))
  }
}
