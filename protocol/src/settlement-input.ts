import type { Address } from 'viem'
import { type ArtifactMask, countBits, hasBit } from './mask.js'

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
