import { z } from 'zod'
import { CONTENT_ADDRESS } from '../content-address.js'
import { MAX_ARTIFACTS } from '../mask.js'
import { address, artifactType, bits, count, decimal, guid, metadata, uint } from './encodings.js'
import { MAX_REVEAL_METADATA_BYTES } from './keeping.js'

/** A string of decimal digits as requests carry amounts, nonces and commitments: a number below 2^256. */
const digits = z.string().min(1).max(100).regex(/^\d+$/).meta({ format: 'uint256' })

/**
 * Body of `POST /bounties`. A missing type means `file`, as the API of 2018 did. An ambassador that must recognise its
 * own bounty later chooses the guid; without one the daemon draws it.
 */
export const postBountyRequest = z.object({
  guid: guid.optional(),
  artifact_type: artifactType.default('file'),
  amount: digits,
  uri: z.string().min(1).max(100),
  duration: z.number().int().min(1),
  // The route says of what is no content address that it should be one.
  metadata: z.string().min(1).max(100).meta({ pattern: CONTENT_ADDRESS.source }).optional(),
})

/**
 * Body of `POST /bounties/<guid>/assertions`. `seal` says what the commitment is: `bound` for that of
 * `sealedCommitmentOf`; without it, that of the original.
 */
export const postAssertionRequest = z.object({
  bid: z.array(digits).max(MAX_ARTIFACTS),
  mask: bits,
  verdicts: bits.optional(),
  commitment: digits.optional(),
  seal: z.literal('bound').optional(),
})

/** Body of `POST /bounties/<guid>/assertions/<id>/reveal`. */
export const revealRequest = z.object({
  nonce: digits,
  verdicts: bits,
  metadata: z.string().max(MAX_REVEAL_METADATA_BYTES),
})

/** Body of `POST /bounties/<guid>/vote`. */
export const voteRequest = z.object({ votes: bits, valid_bloom: z.boolean() })

/** Body of `POST /staking/deposit` and `POST /staking/withdraw`. */
export const stakeRequest = z.object({ amount: digits })

/** Result of `GET /bounties/parameters`; amounts in base units, windows in blocks. */
export const bountyParameters = z.object({
  bounty_fee: uint,
  assertion_fee: uint,
  bounty_amount_minimum: uint,
  assertion_bid_minimum: uint,
  assertion_bid_maximum: uint,
  arbiter_lookback_range: count,
  max_duration: count,
  assertion_reveal_window: count,
  arbiter_vote_window: count,
})

/** See {@link bountyParameters}. */
export type BountyParameters = z.infer<typeof bountyParameters>

/** Result of `GET /staking/parameters`. */
export const stakingParameters = z.object({
  minimum_stake: uint,
  maximum_stake: uint,
  vote_ratio_numerator: uint,
  vote_ratio_denominator: uint,
})

/** See {@link stakingParameters}. */
export type StakingParameters = z.infer<typeof stakingParameters>

/**
 * Result of `GET /staking/standing`: how the contract sees an arbiter. `votes` of `bounties`, those on which anybody voted, and
 * the share of them that it has to reach; `eligible` says whether it does, and has enough staked. From block `free_at` on all
 * of its stake can be withdrawn, if it votes no more and stakes no more; null where it has none.
 */
export const stakingStanding = z.object({
  votes: count,
  bounties: count,
  vote_ratio_numerator: uint,
  vote_ratio_denominator: uint,
  eligible: z.boolean(),
  free_at: count.nullable(),
})

/** See {@link stakingStanding}. */
export type StakingStanding = z.infer<typeof stakingStanding>

/** Result of `GET /bounties/<guid>`. */
export const bountyResult = z.object({
  guid,
  artifact_type: artifactType,
  author: address,
  amount: decimal,
  uri: z.string(),
  num_artifacts: count,
  expiration: count,
  assigned_arbiter: address,
  quorum_reached: z.boolean(),
  quorum_reached_block: count,
  quorum_mask: bits,
  metadata,
})

/** See {@link bountyResult}. */
export type BountyResult = z.infer<typeof bountyResult>

/** One element of `GET /bounties/<guid>/assertions`. Verdicts are null until the reveal. */
export const assertionResult = z.object({
  author: address,
  mask: bits,
  commitment: decimal,
  nonce: decimal,
  verdicts: z.array(z.boolean().nullable()).max(MAX_ARTIFACTS),
  metadata,
  bid: z.array(decimal),
})

/** See {@link assertionResult}. */
export type AssertionResult = z.infer<typeof assertionResult>

/** One element of `GET /bounties/<guid>/votes`. */
export const voteResult = z.object({ voter: address, votes: bits, valid_bloom: z.boolean() })

/** See {@link voteResult}. */
export type VoteResult = z.infer<typeof voteResult>

/** Result of `GET /bounties/<guid>/bloom`. */
export const bloomResult = z.object({ bloom: z.array(uint).length(8) })

/** Result of `GET /artifacts/<uri>`, in artifact order. */
export const artifactList = z.array(z.object({ name: z.string(), hash: z.string().min(1).max(100) })).max(256)

/** See {@link artifactList}. */
export type ArtifactList = z.infer<typeof artifactList>

/**
 * Result of `GET /bounties/<guid>/terms`: what was fixed for a bounty when it was posted, as BountyTerms says it. Amounts
 * are strings of base units, windows blocks.
 */
export const bountyTerms = z.object({
  num_artifacts: count.min(1).max(MAX_ARTIFACTS),
  bounty_fee: decimal,
  assertion_fee: decimal,
  assertion_reveal_window: count,
  arbiter_vote_window: count,
  arbiter_count: count,
  /** The filter of its artifacts, see `bloomOf`: 8 words, 64 hexadecimal digits each. Not from a daemon that is older. */
  bloom: z
    .string()
    .regex(/^[0-9a-f]{512}$/)
    .optional(),
  /** The block that posted it, where the route is asked. */
  block_number: count.optional(),
})

/** See {@link bountyTerms}. */
export type BountyTerms = z.infer<typeof bountyTerms>

/** One element of `GET /bounties/<guid>/settlements`, in the order of the chain. */
export const settlementResult = z.object({ settler: address, payout: decimal, block_number: count })

/** See {@link settlementResult}. */
export type SettlementResult = z.infer<typeof settlementResult>
