import type { Address, Hex } from 'viem'
import { concatHex, getAddress, hashMessage, keccak256, numberToHex, stringToHex } from 'viem/utils'
import { InvalidOfferStateError } from './errors.js'
import { type Guid, guidFromUint128, guidToUint128 } from './guid.js'
import type { ArtifactMask } from './mask.js'

/** How long an offer's state is: 17 words of 32 bytes. */
export const OFFER_STATE_BYTES = 17 * 32

/**
 * What ambassador and expert agree on, off the chain, about the money in their channel. Balances and the amount are base
 * units of NCT. The contracts look at the first eight words; the rest is between the two.
 */
export interface OfferState {
  /** Whether the parties close the channel with this state. */
  isClosed: boolean
  /** Grows by at least one with each state; the later state wins. */
  sequence: bigint
  ambassador: Address
  expert: Address
  /** The channel's multi-signature contract, without which the state is worth nothing. */
  channel: Address
  ambassadorBalance: bigint
  expertBalance: bigint
  /** The token that the channel holds. */
  token: Address
  guid: Guid
  offerAmount: bigint
  /** Words whose meaning is the parties' own, 32 bytes each; see {@link offerStateWord}. Absent: zero. */
  artifactHash?: Hex
  ipfsHash?: Hex
  engagementDeadline?: Hex
  assertionDeadline?: Hex
  /** The artifacts that the expert asserts on. */
  mask: ArtifactMask
  /** Set bit: malicious. */
  verdicts: ArtifactMask
  metadata?: Hex
}

const ZERO = numberToHex(0, { size: 32 })

/**
 * Writes a state as the bytes that both parties sign and the contracts read.
 *
 * @throws InvalidOfferStateError where something does not fit its word.
 * @example
 * ```ts
 * import { decodeOfferState, encodeOfferState, parseGuid } from '@polyswarm/protocol'
 * const party = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
 * const state = encodeOfferState({
 *   isClosed: false, sequence: 1n, ambassador: party, expert: party, channel: party, ambassadorBalance: 10n,
 *   expertBalance: 0n, token: party, guid: parseGuid('7c9e6679-7425-40de-944b-e07fc1f90ae7'), offerAmount: 5n,
 *   mask: 0n, verdicts: 0n,
 * })
 * state.length // => 2 + 2 * 544
 * decodeOfferState(state).ambassadorBalance // => 10n
 * ```
 */
export function encodeOfferState(state: OfferState): Hex {
  return concatHex([
    uint(state.isClosed ? 1n : 0n, 'close flag'),
    uint(state.sequence, 'nonce'),
    account(state.ambassador, 'ambassador'),
    account(state.expert, 'expert'),
    account(state.channel, 'channel'),
    uint(state.ambassadorBalance, "ambassador's balance"),
    uint(state.expertBalance, "expert's balance"),
    account(state.token, 'token'),
    uint(guidToUint128(state.guid), 'guid'),
    uint(state.offerAmount, 'offer amount'),
    opaque(state.artifactHash, 'artifact hash'),
    opaque(state.ipfsHash, 'IPFS hash'),
    opaque(state.engagementDeadline, 'engagement deadline'),
    opaque(state.assertionDeadline, 'assertion deadline'),
    uint(state.mask, 'mask'),
    uint(state.verdicts, 'verdicts'),
    opaque(state.metadata, 'metadata'),
  ])
}

/**
 * Reads the bytes of a state, as a stranger may have written them: what no channel would accept is refused.
 *
 * @throws InvalidOfferStateError unless there are 17 words, with addresses, a guid and a close flag where they belong.
 */
export function decodeOfferState(state: Hex): OfferState {
  if (!/^0x[0-9a-f]*$/i.test(state) || state.length !== 2 + 2 * OFFER_STATE_BYTES) {
    throw new InvalidOfferStateError({ reason: `is not ${OFFER_STATE_BYTES} bytes long` })
  }
  const word = (index: number): Hex => `0x${state.slice(2 + 64 * index, 66 + 64 * index).toLowerCase()}`
  const number = (index: number): bigint => BigInt(word(index))
  const address = (index: number, name: string): Address => {
    if (number(index) >> 160n !== 0n) throw new InvalidOfferStateError({ reason: `has no address as its ${name}` })
    return getAddress(`0x${word(index).slice(26)}`)
  }
  if (number(0) > 1n) throw new InvalidOfferStateError({ reason: 'has a close flag that is neither 0 nor 1' })
  if (number(8) >> 128n !== 0n) throw new InvalidOfferStateError({ reason: 'has no guid of 128 bits' })
  return {
    isClosed: number(0) === 1n,
    sequence: number(1),
    ambassador: address(2, 'ambassador'),
    expert: address(3, 'expert'),
    channel: address(4, 'channel'),
    ambassadorBalance: number(5),
    expertBalance: number(6),
    token: address(7, 'token'),
    guid: guidFromUint128(number(8)),
    offerAmount: number(9),
    artifactHash: word(10),
    ipfsHash: word(11),
    engagementDeadline: word(12),
    assertionDeadline: word(13),
    mask: number(14),
    verdicts: number(15),
    metadata: word(16),
  }
}

/**
 * The 32 bytes that a party signs to agree to a state: the `personal_sign` digest of keccak256 over its bytes. Sign them
 * as they are, without another prefix.
 */
export function offerStateDigest(state: Hex): Hex {
  return hashMessage({ raw: keccak256(state) })
}

/**
 * The word that stands for a text in a state: hexadecimal digits after `0x` as they are, any other text as its UTF-8
 * bytes, with zeros on the left.
 *
 * @throws InvalidOfferStateError beyond 32 bytes, and for digits after `0x` that are none.
 * @example
 * ```ts
 * import { offerStateWord } from '@polyswarm/protocol'
 * offerStateWord('0xAB') // => `0x${'00'.repeat(31)}ab`
 * offerStateWord('7') // => `0x${'00'.repeat(31)}37`
 * ```
 */
export function offerStateWord(text: string): Hex {
  const hex = text.startsWith('0x') ? text : stringToHex(text)
  return opaque(hex as Hex, 'text')
}

function uint(value: bigint, name: string): Hex {
  if (value < 0n || value >> 256n !== 0n) throw new InvalidOfferStateError({ reason: `has a ${name} beyond 256 bits` })
  return numberToHex(value, { size: 32 })
}

function account(address: Address, name: string): Hex {
  if (!/^0x[0-9a-f]{40}$/i.test(address)) {
    throw new InvalidOfferStateError({ reason: `has no address as its ${name}` })
  }
  return opaque(address, name)
}

function opaque(word: Hex | undefined, name: string): Hex {
  if (word === undefined) return ZERO
  if (!/^0x[0-9a-f]{0,64}$/i.test(word)) {
    throw new InvalidOfferStateError({ reason: `has a word for its ${name} that is not up to 32 bytes` })
  }
  return `0x${word.slice(2).toLowerCase().padStart(64, '0')}`
}
