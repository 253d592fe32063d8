import { z } from 'zod'
import { bountyTerms } from './bounty.js'
import { address, artifactType, bits, count, decimal, guid, hash, metadata, uint } from './encodings.js'

const onChain = { block_number: count, txhash: hash, cursor: z.string().optional() }

/** Parts of an event that came from a transaction, around its data. */
const fromChain = <N extends string, D extends z.ZodRawShape>(event: N, data: D) =>
  z.object({ event: z.literal(event), data: z.object(data), ...onChain })

/**
 * The first message on every connection. `start_time` is when the daemon started, in seconds since 1970. The cursor, on
 * connections that asked for it, is where they begin: a connection lost before its first event resumes there.
 */
const connectedEvent = z.object({
  event: z.literal('connected'),
  data: z.object({ start_time: z.string() }),
  cursor: z.string().optional(),
})

/**
 * The chain has a new head, and every event up to it has been sent. `base_fee` is that of the block, in wei: with cursors
 * only, and only of blocks that were the newest when they were read.
 */
const blockEvent = z.object({
  event: z.literal('block'),
  data: z.object({ number: count, base_fee: decimal.optional() }),
  cursor: z.string().optional(),
})

/** Blocks above `number` are no longer part of the chain; what they said did not happen. Sent with cursors only. */
const reorgEvent = z.object({
  event: z.literal('reorg'),
  data: z.object({ number: count }),
  cursor: z.string().optional(),
})

/**
 * On connections with `resume=open` that begin with what is open instead of all that happened: everything that is open when
 * `number` is the newest block has been sent, and what happens from there on follows.
 */
const snapshotEvent = z.object({
  event: z.literal('snapshot'),
  data: z.object({ number: count }),
  cursor: z.string().optional(),
})

/**
 * Every message that `/events` sends, told apart by `event`. `cursor` is present on connections that asked for it with
 * `since`, and names the place after this event to resume from.
 */
export const marketEvent = z.discriminatedUnion('event', [
  connectedEvent,
  blockEvent,
  reorgEvent,
  snapshotEvent,
  fromChain('fee_update', { bounty_fee: uint, assertion_fee: uint }),
  fromChain('window_update', { assertion_reveal_window: uint, arbiter_vote_window: uint }),
  fromChain('bounty', {
    guid,
    artifact_type: artifactType,
    author: address,
    amount: decimal,
    uri: z.string(),
    expiration: decimal,
    metadata,
    /** With cursors only, and not from a daemon that is older. */
    terms: bountyTerms.optional(),
  }),
  fromChain('assertion', {
    bounty_guid: guid,
    author: address,
    index: count,
    bid: z.array(decimal),
    mask: bits,
    commitment: decimal,
  }),
  fromChain('reveal', {
    bounty_guid: guid,
    author: address,
    index: count,
    nonce: decimal,
    verdicts: bits,
    metadata,
  }),
  fromChain('vote', { bounty_guid: guid, voter: address, votes: bits }),
  fromChain('quorum', { bounty_guid: guid }),
  fromChain('settled_bounty', { bounty_guid: guid, settler: address, payout: uint }),
  fromChain('deprecated', { rollover: z.boolean() }),
  fromChain('undeprecated', {}),
  fromChain('initialized_channel', { ambassador: address, expert: address, guid, multi_signature: address }),
])

/** See {@link marketEvent}. */
export type MarketEvent = z.infer<typeof marketEvent>

/** The event of one kind. */
export type MarketEventOf<K extends MarketEvent['event']> = Extract<MarketEvent, { event: K }>
