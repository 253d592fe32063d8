import {
  booleansFromMask,
  decodeOfferState,
  guidToUint128,
  type OfferState,
  offerMessageRequest,
  stringifyJson,
} from '@polyswarm/protocol'
import type { Hex } from 'viem'
import { parseForeignJson } from '../json-text.js'
import type { ChannelRow } from '../ledger/channel-reader.js'

/** The kinds of messages in which verdicts are meant to be seen. */
const WITH_VERDICTS = new Set(['accept', 'payout'])

/**
 * What both parties get of a message that one of them sent: its state, taken apart. JSON text.
 *
 * @returns null for what is no message, or whose state is not of this channel.
 */
export function offerMessageText(text: string, channel: ChannelRow): string | null {
  const message = messageOf(text)
  const state = message && stateOf(message.state)
  if (!message || !state || state.guid !== channel.guid || state.channel !== channel.address) return null
  const { type, state: raw, r, v, s, artifact } = message
  const { mask, verdicts, ...fields } = fieldsOf(state)
  return stringifyJson({
    type,
    raw_state: raw,
    state: WITH_VERDICTS.has(type) ? { ...fields, mask, verdicts } : fields,
    ...(r === undefined ? {} : { r }),
    ...(v === undefined ? {} : { v }),
    ...(s === undefined ? {} : { s }),
    ...(artifact === undefined ? {} : { artifact }),
  })
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
    return decodeOfferState(text.startsWith('0x') ? (text as Hex) : `0x${text}`)
  } catch {
    return null
  }
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
