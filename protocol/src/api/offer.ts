import { z } from 'zod'
import { OFFER_STATE_BYTES } from '../offer-state.js'
import { address, bits, count, guid, hash, uint } from './encodings.js'

/** Hexadecimal digits, with or without 0x, as requests carry states and signatures. */
const hex = (minimum: number) =>
  z
    .string()
    .min(minimum)
    .max(4_096)
    .regex(/^(0x)?[0-9a-fA-F]+$/)
/** 17 words, with a close flag, addresses and a guid where they belong. */
const STATE =
  '^(0x)?0{63}[01][0-9a-fA-F]{64}(0{24}[0-9a-fA-F]{40}){3}[0-9a-fA-F]{128}0{24}[0-9a-fA-F]{40}0{32}[0-9a-fA-F]{32}[0-9a-fA-F]{512}$'
const state = hex(32).meta({ pattern: STATE })
const part = hex(64).max(66).meta({ pattern: '^(0x[0-9a-fA-F]{62,64}|0{0,2}[0-9a-fA-F]{64})$' })
const v = z.number().int().min(0).max(255)
const digits = z.string().min(1).max(100).regex(/^\d+$/)
const party = z.string().min(42).max(42).meta({ pattern: '^0x[0-9a-fA-F]{40}$' })
const member = z.string().meta({ pattern: '^0x[0-9a-fA-F]{40}$' })

/** Body of `POST /offers`. A caller that must recognise its own channel later chooses the guid. */
export const offerRequest = z.object({
  guid: guid.optional(),
  ambassador: party,
  expert: party,
  settlementPeriodLength: z.number().int().min(0),
})

/** Body of `POST /offers/<guid>/uri`. */
export const offerUriRequest = z.object({ websocketUri: z.string().min(1).max(32).meta({ format: 'bytes32' }) })

/** Body of `POST /offers/<guid>/open` and `/join`: a state and the sender's signature. */
export const offerSignedRequest = z.object({ state, r: part, v, s: part })

/** Body of the routes that need both parties' signatures, the ambassador's first. */
export const offerAgreedRequest = z.object({
  state,
  r: z.array(part).length(2),
  v: z.array(v).length(2),
  s: z.array(part).length(2),
})

/** Up to 32 bytes: hexadecimal digits after 0x, or UTF-8. */
const word = z.string().meta({ format: 'bytes32' }).optional()

/** Body of `POST /offers/state`. `guid` is the channel's 128 bits as a decimal number in a string. */
export const offerStateRequest = z
  .object({
    close_flag: z.number().int().min(0).max(1),
    nonce: uint,
    ambassador: member,
    expert: member,
    msig_address: member,
    ambassador_balance: uint,
    expert_balance: uint,
    guid: digits.meta({ format: 'uint128' }),
    offer_amount: uint,
    artifact_hash: word,
    ipfs_hash: word,
    engagement_deadline: word,
    assertion_deadline: word,
    mask: bits.optional(),
    verdicts: bits.optional(),
    meta_data: word,
  })
  .meta({ dependentRequired: { mask: ['verdicts'], verdicts: ['mask'] } })

/** Body of `POST /relay/deposit` and `POST /relay/withdrawal`, in base units. */
export const relayRequest = z.object({ amount: z.string().min(1).max(64).regex(/^\d+$/) })

/**
 * Result of `GET /relay/payments/<transaction>`: whether the relay of a chain has paid what that transaction, of the other
 * chain, sent to the relay there. Of several transfers in one transaction, that of its first log counts.
 */
export const relayPaymentResult = z.object({ paid: z.boolean() })

/** Result of `GET /relay/fees`: what a payment costs, in base units. */
export const relayFeesResult = z.object({ fees: uint })

/** Result of `GET /offers/<guid>`; zero addresses where there is no such channel. */
export const offerChannelResult = z.object({
  offer_channel: z.object({ msig_address: address, ambassador: address, expert: address }),
})

/** One element of `GET /offers/pending`, `/opened`, `/closed` and `/myoffers`. */
export const offerListEntry = z.object({ guid: uint, address })

/** Who was paid when a channel closed. */
export const closedAgreement = z.object({ ambassador: address, expert: address })

/** Who began a settlement, with which state, and the first block in which it pays. */
export const settleStarted = z.object({ initiator: address, nonce: uint, settle_period_end: uint })

/** Who answered a settlement with a later state. */
export const settleChallenged = z.object({ challenger: address, nonce: uint, settle_period_end: uint })

const onChain = { block_number: count, txhash: hash, cursor: z.string().optional() }

/** Every message of `/events/<guid>`. `canceled_agreement` and `reorg` are only sent to connections with cursors. */
export const offerEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('closed_agreement'), data: closedAgreement, ...onChain }),
  z.object({ event: z.literal('settle_started'), data: settleStarted, ...onChain }),
  z.object({ event: z.literal('settle_challenged'), data: settleChallenged, ...onChain }),
  z.object({ event: z.literal('canceled_agreement'), data: z.object({ ambassador: address }), ...onChain }),
  z.object({ event: z.literal('reorg'), data: z.object({ number: count }), cursor: z.string().optional() }),
])

/** See {@link offerEvent}. */
export type OfferEvent = z.infer<typeof offerEvent>

const signature = { r: z.string().optional(), v: z.number().int().optional(), s: z.string().optional() }

/** What a party sends on `/messages/<guid>`. Other properties are tolerated and not passed on. */
export const offerMessageRequest = z.object({
  type: z.string().max(64),
  from_socket: z.string().optional(),
  to_socket: z.string().optional(),
  state: z.string().max(2 + 2 * OFFER_STATE_BYTES),
  artifact: z.string().max(1_024).optional(),
  r: z.string().max(128).optional(),
  v: z.number().int().optional(),
  s: z.string().max(128).optional(),
})

/** What `/messages/<guid>` sends to both parties. Mask and verdicts are there for `accept` and `payout` only. */
export const offerMessage = z.object({
  type: z.string(),
  raw_state: z.string(),
  artifact: z.string().optional(),
  ...signature,
  state: z.object({
    nonce: uint,
    offer_amount: uint,
    msig_address: address,
    ambassador_balance: uint,
    expert_balance: uint,
    ambassador: address,
    expert: address,
    is_closed: uint,
    token: address,
    mask: bits.optional(),
    verdicts: bits.optional(),
    guid: uint,
  }),
  cursor: z.string().optional(),
})

/** See {@link offerMessage}. */
export type OfferMessage = z.infer<typeof offerMessage>
