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
  const sums = bounty.votes.length === 0 ? settleWithoutVotes(bounty) : settleByVotes(bounty)
  const { assertions, amount, bountyFee, assertionFee } = bounty
  const bids = assertions.reduce((sum, assertion) => sum + assertion.bids.reduce((a, b) => a + b, 0n), 0n)
  const escrow = amount + bountyFee + assertionFee * BigInt(assertions.length) + bids
  const paid = sums.payouts.reduce((sum, payout) => sum + payout.paid, 0n)
  return { ...sums, burned: baseUnits(escrow - paid) }
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

type Shares = Omit<Settlement, 'burned'>

/** Nobody voted: bids and fees go back, the reward is shared by all who asserted, the rest is the ambassador's. */
function settleWithoutVotes({
  author,
  amount,
  numArtifacts,
  bountyFee,
  assertionFee,
  assertions,
}: SettlementInput): Shares {
  fullMask(numArtifacts)
  const share = assertions.length === 0 ? 0n : amount / BigInt(numArtifacts) / BigInt(assertions.length)
  const rewards = assertions.map(({ mask }) => share * BigInt(countBits(mask)))
  const unearned = amount - rewards.reduce((a, b) => a + b, 0n)
  return {
    consensus: null,
    payouts: [
      { address: author, role: 'ambassador', paid: baseUnits(bountyFee + unearned) },
      ...assertions.map((assertion, index) => ({
        address: assertion.author,
        role: 'microengine' as const,
        paid: baseUnits(assertionFee + assertion.bids.reduce((a, b) => a + b, 0n) + (rewards[index] ?? 0n)),
      })),
    ],
  }
}

/** Arbiters voted: on each artifact the right take the reward and the bids of the wrong, in proportion to their own bids. */
function settleByVotes(bounty: SettlementInput): Shares {
  const { author, amount, numArtifacts, bountyFee, assertionFee, assertions, votes } = bounty
  const all = fullMask(numArtifacts)
  const consensus = consensusOf(votes, numArtifacts)
  const reward = amount / BigInt(numArtifacts)
  const earned = assertions.map(() => 0n)
  let unearned = amount - reward * BigInt(numArtifacts)
  for (let artifact = 0; artifact < numArtifacts; artifact++) {
    const correct = assertions.map((assertion) => isCorrect(assertion, artifact, consensus) === true)
    const total = assertions.reduce((sum, assertion) => sum + bidOn(assertion, artifact), 0n)
    const won = assertions.reduce((sum, assertion, j) => (correct[j] ? sum + bidOn(assertion, artifact) : sum), 0n)
    if (won === 0n) {
      unearned += reward
      continue
    }
    assertions.forEach((assertion, j) => {
      if (!correct[j]) return
      const bid = bidOn(assertion, artifact)
      earned[j] = (earned[j] ?? 0n) + bid + (bid * (total - won)) / won + (bid * reward) / won
    })
  }
  const agreement = votes.map((vote) => countBits(~(vote.votes ^ consensus) & all))
  const agreements = BigInt(agreement.reduce((a, b) => a + b, 0))
  const fees = bountyFee + assertionFee * BigInt(assertions.length)
  return {
    consensus,
    payouts: [
      { address: author, role: 'ambassador', paid: baseUnits(unearned) },
      ...assertions.map((assertion, j) => ({
        address: assertion.author,
        role: 'microengine' as const,
        paid: baseUnits(earned[j] ?? 0n),
      })),
      ...votes.map((vote, j) => ({
        address: vote.voter,
        role: 'arbiter' as const,
        paid: baseUnits((fees * BigInt(agreement[j] ?? 0)) / agreements),
      })),
    ],
  }
}
