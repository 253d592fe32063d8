import { z } from 'zod'
import { amount, id, instanceType, moment, phase, share } from './encodings.js'
import { MAX_NAME } from './submission.js'

const name = z.string().max(MAX_NAME)
const metadata = z.record(z.string(), z.unknown())

/** An engine's revealed answer on one artifact. `mask` false, or a verdict of null: it did not answer on this one. */
const instanceAssertion = z.object({
  /** Address of the engine's account. */
  author: z.string(),
  author_name: name,
  engine: z.object({ name, description: z.string().nullable() }),
  bid: amount,
  mask: z.boolean(),
  /** Whether the engine calls it malicious. */
  verdict: z.boolean().nullable(),
  metadata: metadata.nullable(),
})

/** An arbiter's vote on one artifact. */
const instanceVote = z.object({
  arbiter: z.string(),
  arbiter_name: name,
  engine: z.object({ name, description: z.string().nullable() }),
  /** Whether the arbiter calls it malicious. */
  vote: z.boolean(),
  metadata: metadata.nullable(),
})

/** What all answers together say, and why: the PolyScore with its explanation. */
const instanceScore = z.object({
  /** Probability that the artifact is malicious. */
  probability: share,
  /** Ends of the interval that the probability lies in with 95 % certainty. */
  low: share,
  high: share,
  /** What moved it and by how much, in log-odds (positive towards malicious), one entry for each engine that answered. */
  engines: z.array(z.object({ author: z.string(), moved: z.number(), record: z.string() })).max(4096),
  /** The same in sentences, the weightiest first. */
  reasons: z.array(z.string()).max(4096),
})

/** The bounty by which an instance is judged. */
const instanceBounty = z.object({
  guid: z.string(),
  /** Which of the bounty's artifacts it is, and how many there are. */
  index: z.number().int().nonnegative(),
  artifacts: z.number().int().positive(),
  /** Null until the bounty is on the chain. */
  phase: phase.nullable(),
  /** Newest block, and the blocks in which the next phases begin; null until they are known. */
  block: z.number().int().nonnegative(),
  expiration: z.number().int().nonnegative().nullable(),
  reveal_end: z.number().int().nonnegative().nullable(),
  vote_end: z.number().int().nonnegative().nullable(),
  /** Engines that have answered, sealed answers included: addresses with their names. */
  answered: z.array(z.object({ author: z.string(), name })).max(4096),
})

/** What one artifact cost, in base units: its part of the reward and of the fee, and what came back of that. */
const instanceCost = z.object({ reward: amount, fee: amount, refund: amount })

/** How a family name came about: `name` is what most engines mean, `votes` who says what. */
const instanceFamily = z.object({
  name: z.string().nullable(),
  votes: z.array(z.object({ name: z.string(), votes: z.number().int().positive() })).max(256),
})

/** Where a submission stands. */
export const INSTANCE_STATES = ['created', 'stored', 'queued', 'posted', 'judged', 'settled', 'failed'] as const

/**
 * One submission of one artifact, and the answer to it. This is the shape that the public clients read; `state`, `bounty`,
 * `score`, `truth`, `families`, `cost`, `private`, `expires`, `answered_by` and `disputes` are additions of this market.
 *
 * - `created`: waits for the bytes. `stored`: has them, and waits to be started. `queued`: paid for out of the budget, and
 *   waits to be posted. `posted`: on the chain. `judged`: all reveals are in, `window_closed` is true. `settled`: votes and
 *   payouts are in. `failed`: `failed_reason` says why.
 */
export const instanceResult = z.object({
  id,
  artifact_id: id,
  type: instanceType,
  filename: name,
  community: z.string().max(64),
  country: z.string(),
  created: moment,
  sha256: z.string().nullable(),
  sha1: z.string().nullable(),
  md5: z.string().nullable(),
  size: z.number().int().nonnegative().nullable(),
  mimetype: z.string().nullable(),
  extended_type: z.string().nullable(),
  first_seen: moment.nullable(),
  last_scanned: moment.nullable(),
  last_seen: moment.nullable(),
  /** Where the bytes are to be put, by PUT and without a key; null once they are here. */
  upload_url: z.string().nullable(),
  failed: z.boolean(),
  failed_reason: z.string().nullable(),
  /** Whether no further answers of engines will come. Votes, and so the truth, can. */
  window_closed: z.boolean(),
  result: z.null(),
  /** The probability of {@link instanceScore}; null until it is known. */
  polyscore: share.nullable(),
  detections: z
    .object({
      malicious: z.number().int().nonnegative(),
      benign: z.number().int().nonnegative(),
      total: z.number().int().nonnegative(),
    })
    .nullable(),
  assertions: z.array(instanceAssertion).max(4096),
  votes: z.array(instanceVote).max(256),
  metadata: z.array(z.object({ tool: z.string(), tool_metadata: metadata, created: moment, updated: moment })),
  permalink: z.string().nullable(),

  state: z.enum(INSTANCE_STATES),
  bounty: instanceBounty.nullable(),
  score: instanceScore.nullable(),
  /** What the arbiters agreed on: true for malicious; null while they have not, or where they did not. */
  truth: z.boolean().nullable(),
  families: instanceFamily.nullable(),
  cost: instanceCost.nullable(),
  /** Whether only the account that submitted it can find it, and get its bytes. */
  private: z.boolean(),
  /** When bytes and answer are deleted; null for never. */
  expires: moment.nullable(),
  /** The earlier instance whose answer this one shares, because the same bytes were judged lately; null where it has its own. */
  answered_by: id.nullable(),
  /** The instance whose verdict this one contests; null for an ordinary submission. */
  disputes: z.object({ instance: id, reason: z.string().max(1000) }).nullable(),
  /** Instances that contest the verdict of this one. */
  disputed_by: z.array(id).max(64),
})

/** See {@link instanceResult}. */
export type Instance = z.infer<typeof instanceResult>
