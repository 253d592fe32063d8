import { countBits, fullMask } from './mask.js'
import { consensusOf } from './quorum.js'
import { bidOn, isCorrect, type SettlementInput } from './settlement-input.js'

/**
 * A part of a payout, with the rule that it follows and the numbers that went into it. `party` counts the ambassador, then
 * the assertions, then the votes, as the payouts of `settle` stand. Amounts in base units.
 *
 * - `bid`: the engine's own bid comes back, because it was right or nobody judged.
 * - `lost-bids`: `bid × lost ÷ won` of the bids of those that were wrong.
 * - `reward`: `bid × reward ÷ won` of the reward for one artifact.
 * - `reward-back`: nobody was right on the artifact. `remainder`: what the artifacts cannot share evenly.
 * - `fee-back`: no arbiter voted. `fees`: `fees × agreed ÷ agreements` of all fees.
 */
export type PayoutLine = { party: number; paid: bigint } & (
  | { rule: 'bid'; artifact: number }
  | { rule: 'lost-bids'; artifact: number; bid: bigint; lost: bigint; won: bigint }
  | { rule: 'reward'; artifact: number; bid: bigint; reward: bigint; won: bigint }
  | { rule: 'reward-back'; artifact: number }
  | { rule: 'remainder' }
  | { rule: 'fee-back' }
  | { rule: 'fees'; fees: bigint; agreed: bigint; agreements: bigint }
)

/** The ambassador among the parties of a bounty. */
const AMBASSADOR = 0

/**
 * Everything that a finished bounty pays, line by line; all lines of a party together are its payout. What pays nothing has
 * no line.
 *
 * @throws InvalidMaskError unless `numArtifacts` is 1 to 256.
 * @example
 * ```ts
 * import { parseNct, payoutLines } from '@polyswarm/protocol'
 * const account = (digit: string) => `0x${digit.repeat(40)}` as const
 * const lines = payoutLines({
 *   author: account('a'),
 *   amount: parseNct('2'),
 *   numArtifacts: 1,
 *   bountyFee: parseNct('0.0625'),
 *   assertionFee: parseNct('0.03125'),
 *   assertions: [{ author: account('b'), mask: 1n, bids: [parseNct('0.5')], verdicts: 1n }],
 *   votes: [{ voter: account('d'), votes: 1n }],
 * })
 * lines.map(({ party, rule }) => `${party} ${rule}`) // => ['1 bid', '1 reward', '2 fees']
 * ```
 */
export function payoutLines(bounty: SettlementInput): PayoutLine[] {
  fullMask(bounty.numArtifacts)
  const lines = [...rewardLines(bounty), ...feeLines(bounty)]
  return lines.filter(({ paid }) => paid > 0n)
}

/**
 * On each artifact the right take the reward and the bids of the wrong, in proportion to their own bids; where nobody was
 * right the reward stays with the ambassador. Without votes whoever revealed counts as right, and nobody loses a bid.
 */
function* rewardLines({ amount, numArtifacts, assertions, votes }: SettlementInput): Generator<PayoutLine> {
  const consensus = votes.length === 0 ? null : consensusOf(votes, numArtifacts)
  const reward = amount / BigInt(numArtifacts)
  yield { party: AMBASSADOR, rule: 'remainder', paid: amount - reward * BigInt(numArtifacts) }
  for (let artifact = 0; artifact < numArtifacts; artifact++) {
    const bids = assertions.map((assertion) => bidOn(assertion, artifact))
    const right = assertions.map((assertion) =>
      consensus === null ? assertion.verdicts !== null : isCorrect(assertion, artifact, consensus) === true,
    )
    const won = bids.reduce((sum, bid, j) => (right[j] ? sum + bid : sum), 0n)
    const lost = consensus === null ? 0n : bids.reduce((sum, bid) => sum + bid, -won)
    if (won === 0n) yield { party: AMBASSADOR, rule: 'reward-back', artifact, paid: reward }
    for (const [j, bid] of bids.entries()) {
      if (bid === 0n) continue
      const party = 1 + j
      if (right[j] || consensus === null) yield { party, rule: 'bid', artifact, paid: bid }
      if (!right[j]) continue
      yield { party, rule: 'lost-bids', artifact, bid, lost, won, paid: (bid * lost) / won }
      yield { party, rule: 'reward', artifact, bid, reward, won, paid: (bid * reward) / won }
    }
  }
}

/** All fees go to the arbiters that voted, in proportion to the artifacts on which each agreed with the consensus. */
function* feeLines({
  numArtifacts,
  bountyFee,
  assertionFee,
  assertions,
  votes,
}: SettlementInput): Generator<PayoutLine> {
  if (votes.length === 0) {
    yield { party: AMBASSADOR, rule: 'fee-back', paid: bountyFee }
    for (const j of assertions.keys()) yield { party: 1 + j, rule: 'fee-back', paid: assertionFee }
    return
  }
  const consensus = consensusOf(votes, numArtifacts)
  const fees = bountyFee + assertionFee * BigInt(assertions.length)
  const agreement = votes.map((vote) => BigInt(countBits(~(vote.votes ^ consensus) & fullMask(numArtifacts))))
  const agreements = agreement.reduce((a, b) => a + b, 0n)
  for (const [j, agreed] of agreement.entries()) {
    const party = 1 + assertions.length + j
    yield { party, rule: 'fees', fees, agreed, agreements, paid: (fees * agreed) / agreements }
  }
}
