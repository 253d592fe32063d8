import type { Address } from 'viem'
import { type Amount, baseUnits } from './amount.js'
import type { ArtifactMask } from './mask.js'
import { fullMask } from './mask.js'
import { payoutLines } from './payout-lines.js'
import { consensusOf } from './quorum.js'
import type { SettlementInput } from './settlement-input.js'

/** What one party gets for one of its roles. */
export interface Payout {
  address: Address
  role: 'ambassador' | 'microengine' | 'arbiter'
  paid: Amount
}

/** The end of a bounty: who gets what, and what nobody gets. */
export interface Settlement {
  /** Ground truth, set bit: malicious; null where no arbiter voted. */
  consensus: ArtifactMask | null
  payouts: Payout[]
  /** Lost bids of artifacts on which every engine was wrong, and the dust of divisions. Burned, or the treasury's. */
  burned: Amount
}

/**
 * The payouts of a finished bounty, to the base unit: the twin of `BountyRegistry.settleBounty`, against which a test
 * holds it. Divisions truncate; payouts and burned together are exactly what the bounty held.
 *
 * @throws InvalidMaskError unless `numArtifacts` is 1 to 256.
 * @example
 * ```ts
 * import { formatNct, parseNct, settle } from '@polyswarm/protocol'
 * const account = (digit: string) => `0x${digit.repeat(40)}` as const
 * const { payouts } = settle({
 *   author: account('a'),
 *   amount: parseNct('2'),
 *   numArtifacts: 1,
 *   bountyFee: parseNct('0.0625'),
 *   assertionFee: parseNct('0.03125'),
 *   assertions: [
 *     { author: account('b'), mask: 1n, bids: [parseNct('0.5')], verdicts: 1n },
 *     { author: account('c'), mask: 1n, bids: [parseNct('1')], verdicts: 0n },
 *   ],
 *   votes: [{ voter: account('d'), votes: 1n }],
 * })
 * payouts.map(({ paid }) => formatNct(paid)) // => ['0', '3.5', '0', '0.125']
 * ```
 */
export function settle(bounty: SettlementInput): Settlement {
  const { author, amount, numArtifacts, bountyFee, assertionFee, assertions, votes } = bounty
  fullMask(numArtifacts)
  const consensus = votes.length === 0 ? null : consensusOf(votes, numArtifacts)
  const parties = [
    { address: author, role: 'ambassador' as const },
    ...assertions.map((assertion) => ({ address: assertion.author, role: 'microengine' as const })),
    ...votes.map(({ voter }) => ({ address: voter, role: 'arbiter' as const })),
  ]
  const sums = parties.map(() => 0n)
  for (const { party, paid } of payoutLines(bounty)) sums[party] = (sums[party] ?? 0n) + paid
  const payouts = parties.map((party, index) => ({ ...party, paid: baseUnits(sums[index] ?? 0n) }))
  const bids = assertions.reduce((sum, assertion) => sum + assertion.bids.reduce((a, b) => a + b, 0n), 0n)
  const escrow = amount + bountyFee + assertionFee * BigInt(assertions.length) + bids
  const paid = payouts.reduce((sum, payout) => sum + payout.paid, 0n)
  return { consensus, payouts, burned: baseUnits(escrow - paid) }
}
