import type { Address } from 'viem'
import { type Amount, baseUnits } from './amount.js'
import { type ArtifactMask, countBits, fullMask, hasBit } from './mask.js'
import { consensusOf } from './quorum.js'

/** An engine's assertion as settlement sees it. */
export interface SettledAssertion {
  author: Address
  /** The artifacts it bid on. */
  mask: ArtifactMask
  /** One bid per set bit of the mask, in artifact order. */
  bids: readonly bigint[]
  /** The revealed verdicts, set bit: malicious; null where the engine never revealed. */
  verdicts: ArtifactMask | null
}

/** An arbiter's vote as settlement sees it. */
export interface SettledVote {
  voter: Address
  /** Set bit: malicious. */
  votes: ArtifactMask
}

/** All that a bounty's payout depends on. */
export interface SettlementInput {
  author: Address
  amount: bigint
  numArtifacts: number
  bountyFee: bigint
  assertionFee: bigint
  assertions: readonly SettledAssertion[]
  votes: readonly SettledVote[]
}

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
  const feeBack = (fee: bigint) => (consensus === null ? fee : 0n)
  const { earned, unearned } = divideRewards(bounty, consensus)
  const payouts: Payout[] = [
    { address: author, role: 'ambassador', paid: baseUnits(unearned + feeBack(bountyFee)) },
    ...assertions.map((assertion, j) => ({
      address: assertion.author,
      role: 'microengine' as const,
      paid: baseUnits((earned[j] ?? 0n) + feeBack(assertionFee)),
    })),
    ...(consensus === null ? [] : divideFees(bounty, consensus)),
  ]
  const bids = assertions.reduce((sum, assertion) => sum + assertion.bids.reduce((a, b) => a + b, 0n), 0n)
  const escrow = amount + bountyFee + assertionFee * BigInt(assertions.length) + bids
  const paid = payouts.reduce((sum, payout) => sum + payout.paid, 0n)
  return { consensus, payouts, burned: baseUnits(escrow - paid) }
}

/**
 * Whether an assertion was right on an artifact; undefined where it did not bid on it. An unrevealed one is wrong.
 *
 * @example
 * ```ts
 * import { isCorrect } from '@polyswarm/protocol'
 * isCorrect({ mask: 0b11n, verdicts: 0b01n }, 1, 0b01n) // => true
 * ```
 */
export function isCorrect(
  { mask, verdicts }: Pick<SettledAssertion, 'mask' | 'verdicts'>,
  artifact: number,
  consensus: ArtifactMask,
): boolean | undefined {
  if (!hasBit(mask, artifact)) return undefined
  return verdicts !== null && hasBit(verdicts, artifact) === hasBit(consensus, artifact)
}

/**
 * The bid of an assertion on an artifact; 0 where it did not bid.
 *
 * @example
 * ```ts
 * import { bidOn } from '@polyswarm/protocol'
 * bidOn({ mask: 0b101n, bids: [7n, 9n] }, 2) // => 9n
 * ```
 */
export function bidOn({ mask, bids }: Pick<SettledAssertion, 'mask' | 'bids'>, artifact: number): bigint {
  if (!hasBit(mask, artifact)) return 0n
  return bids[countBits(mask & ((1n << BigInt(artifact)) - 1n))] ?? 0n
}

/**
 * On each artifact the right take the reward and the bids of the wrong, in proportion to their own bids; where nobody was
 * right the reward stays with the ambassador. Without votes whoever revealed counts as right, and nobody loses a bid.
 */
function divideRewards(
  { amount, numArtifacts, assertions }: SettlementInput,
  consensus: ArtifactMask | null,
): { earned: bigint[]; unearned: bigint } {
  const reward = amount / BigInt(numArtifacts)
  const earned = assertions.map(() => 0n)
  let unearned = amount - reward * BigInt(numArtifacts)
  for (let artifact = 0; artifact < numArtifacts; artifact++) {
    const bids = assertions.map((assertion) => bidOn(assertion, artifact))
    const right = assertions.map((assertion) =>
      consensus === null ? assertion.verdicts !== null : isCorrect(assertion, artifact, consensus) === true,
    )
    const won = bids.reduce((sum, bid, j) => (right[j] ? sum + bid : sum), 0n)
    const lost = consensus === null ? 0n : bids.reduce((sum, bid) => sum + bid, -won)
    if (won === 0n) unearned += reward
    for (const [j, bid] of bids.entries()) {
      let paid = consensus === null ? bid : 0n
      if (right[j] && bid > 0n) paid = bid + (bid * lost) / won + (bid * reward) / won
      earned[j] = (earned[j] ?? 0n) + paid
    }
  }
  return { earned, unearned }
}

/** All fees go to the arbiters that voted, in proportion to the artifacts on which each agreed with the consensus. */
function divideFees(
  { numArtifacts, bountyFee, assertionFee, assertions, votes }: SettlementInput,
  consensus: ArtifactMask,
): Payout[] {
  const fees = bountyFee + assertionFee * BigInt(assertions.length)
  const agreement = votes.map((vote) => BigInt(countBits(~(vote.votes ^ consensus) & fullMask(numArtifacts))))
  const agreements = agreement.reduce((a, b) => a + b, 0n)
  return votes.map((vote, j) => ({
    address: vote.voter,
    role: 'arbiter',
    paid: baseUnits((fees * (agreement[j] ?? 0n)) / agreements),
  }))
}
