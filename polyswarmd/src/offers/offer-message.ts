import {
  booleansFromMask,
  decodeOfferState,
  guidToUint128,
  type OfferState,
  offerMessageRequest,
  offerStateDigest,
  stringifyJson,
} from '@polyswarm/protocol'
import { type Hex, isAddressEqual } from 'viem'
import { parseForeignJson } from '../json-text.js'
import type { ChannelRow } from '../ledger/channel-reader.js'
import { signerOf } from './offer-signer.js'

/** Which of a channel's parties signed a message's state, and what tells one message of theirs from another. */
export interface Seal {
  author: 'ambassador' | 'expert'
  /** What was signed; the type of a message is not. */
  digest: Hex
  type: string
  /** The state's nonce as 64 hexadecimal digits: later states have higher ones. */
  sequence: string
}

/** A message of an offer, ready to be sent to both parties. */
export interface OfferMessageText {
  /** JSON, with the state taken apart. */
  text: string
  /** Null where no party signed the state. */
  seal: Seal | null
}

/** The kinds of messages in which verdicts are meant to be seen. */
const WITH_VERDICTS = new Set(['accept', 'payout'])

/**
 * What both parties get of a message that one of them sent.
 *
 * @returns null for what is no message, or whose state is not of this channel.
 */
export function readOfferMessage(text: string, channel: ChannelRow): OfferMessageText | null {
  const message = messageOf(text)
  const state = message && stateOf(message.state)
  if (!message || !state || state.guid !== channel.guid || state.channel !== channel.address) return null
  const { type, state: raw, r, v, s, artifact } = message
  const { mask, verdicts, ...fields } = fieldsOf(state)
  const sent = stringifyJson({
    type,
    raw_state: raw,
    state: WITH_VERDICTS.has(type) ? { ...fields, mask, verdicts } : fields,
    ...(r === undefined ? {} : { r }),
    ...(v === undefined ? {} : { v }),
    ...(s === undefined ? {} : { s }),
    ...(artifact === undefined ? {} : { artifact }),
  })
  return { text: sent, seal: sealOf(prefixed(raw), message, state, channel) }
}

/**
 * The state names its channel, and a channel's address is bound to its chain: a signature for another channel is none
 * here.
 */
function sealOf(
  raw: Hex,
  { type, r, s, v }: { type: string; r?: string | undefined; s?: string | undefined; v?: number | undefined },
  state: OfferState,
  { ambassador, expert }: ChannelRow,
): Seal | null {
  if (r === undefined || s === undefined || v === undefined) return null
  const digest = offerStateDigest(raw)
  const signer = signerOf(digest, { r, s, v })
  if (!signer) return null
  const author = isAddressEqual(signer, ambassador) ? 'ambassador' : isAddressEqual(signer, expert) ? 'expert' : null
  return author && { author, digest, type, sequence: state.sequence.toString(16).padStart(64, '0') }
}

function messageOf(text: string) {
  try {
    return offerMessageRequest.safeParse(parseForeignJson(text)).data ?? null
  } catch {
    return null
  }
}

function stateOf(text: string): OfferState | null {
  try {
    return decodeOfferState(prefixed(text))
  } catch {
    return null
  }
}

function prefixed(text: string): Hex {
  return text.startsWith('0x') ? (text as Hex) : `0x${text}`
}

function fieldsOf(state: OfferState) {
  return {
    nonce: state.sequence,
    offer_amount: state.offerAmount,
    msig_address: state.channel,
    ambassador_balance: state.ambassadorBalance,
    expert_balance: state.expertBalance,
    ambassador: state.ambassador,
    expert: state.expert,
    is_closed: Number(state.isClosed),
    token: state.token,
    // Nobody knows here how many artifacts there are: no bit is added, but one where there is none.
    mask: booleansFromMask(state.mask, 1),
    verdicts: booleansFromMask(state.verdicts, 1),
    guid: guidToUint128(state.guid),
  }
}
