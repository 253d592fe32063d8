import type { Address, Hex } from 'viem'
import { encodeFunctionData, getAddress, pad, stringToHex } from 'viem/utils'
import { offerMultiSigAbi, offerRegistryAbi } from './abis.js'
import { InvalidOfferStateError } from './errors.js'
import { type Guid, guidToUint128 } from './guid.js'
import type { MarketCall } from './market-call.js'

/** A channel as its ambassador means it. */
export interface OfferChannelOrder {
  guid: Guid
  /** Who sends the transaction: a channel is opened by its ambassador. */
  ambassador: Address
  expert: Address
  /** Blocks that the parties have to answer a state with a later one, 10 to 3600. */
  settlementPeriodLength: bigint
}

/** Deploys a channel's multi-signature contract. */
export function initializeOfferChannelCall(offerRegistry: Address, order: OfferChannelOrder): MarketCall {
  const { guid, ambassador, expert, settlementPeriodLength } = order
  return {
    to: getAddress(offerRegistry),
    data: encodeFunctionData({
      abi: offerRegistryAbi,
      functionName: 'initializeOfferChannel',
      args: [guidToUint128(guid), ambassador, expert, settlementPeriodLength],
    }),
  }
}

/** One party's signature of `offerStateDigest`. */
export interface OfferSignature {
  /** 27 or 28. */
  v: number
  r: Hex
  s: Hex
}

/** The ambassador puts its balance of the state in, which it has approved before. */
export function openAgreementCall(channel: Address, state: Hex, signature: OfferSignature): MarketCall {
  return signedByOne(channel, 'openAgreement', state, signature)
}

/** The expert puts its balance of the state in, which it has approved before. */
export function joinAgreementCall(channel: Address, state: Hex, signature: OfferSignature): MarketCall {
  return signedByOne(channel, 'joinAgreement', state, signature)
}

/** The ambassador takes its money back as long as the expert has not joined. */
export function cancelAgreementCall(channel: Address): MarketCall {
  const data = encodeFunctionData({ abi: offerMultiSigAbi, functionName: 'cancelAgreement' })
  return { to: getAddress(channel), data }
}

/** Both parties' signatures of a state, the ambassador's first. */
export type OfferSignatures = readonly [ambassador: OfferSignature, expert: OfferSignature]

/** Pays a state with the close flag. */
export function closeAgreementCall(channel: Address, state: Hex, signatures: OfferSignatures): MarketCall {
  return signedByBoth(channel, 'closeAgreement', state, signatures)
}

/** Pays the latest state that was shown, once the settlement period is over. */
export function closeAgreementWithTimeoutCall(channel: Address, state: Hex, signatures: OfferSignatures): MarketCall {
  return signedByBoth(channel, 'closeAgreementWithTimeout', state, signatures)
}

/** Begins the settlement period. */
export function startSettleCall(channel: Address, state: Hex, signatures: OfferSignatures): MarketCall {
  return signedByBoth(channel, 'startSettle', state, signatures)
}

/** Answers with a later state within the settlement period. */
export function challengeSettleCall(channel: Address, state: Hex, signatures: OfferSignatures): MarketCall {
  return signedByBoth(channel, 'challengeSettle', state, signatures)
}

/**
 * The ambassador says where it is to be reached.
 *
 * @param uri up to 32 bytes of UTF-8.
 * @throws InvalidOfferStateError for a longer one.
 */
export function setCommunicationUriCall(channel: Address, uri: string): MarketCall {
  const bytes = stringToHex(uri)
  if (bytes.length > 66) throw new InvalidOfferStateError({ reason: 'has a WebSocket URI beyond 32 bytes' })
  const args = [pad(bytes, { dir: 'right', size: 32 })] as const
  const data = encodeFunctionData({ abi: offerMultiSigAbi, functionName: 'setCommunicationUri', args })
  return { to: getAddress(channel), data }
}

function signedByOne(
  channel: Address,
  functionName: 'openAgreement' | 'joinAgreement',
  state: Hex,
  { v, r, s }: OfferSignature,
): MarketCall {
  const args = [state, v, pad(r, { size: 32 }), pad(s, { size: 32 })] as const
  return { to: getAddress(channel), data: encodeFunctionData({ abi: offerMultiSigAbi, functionName, args }) }
}

function signedByBoth(
  channel: Address,
  functionName: 'closeAgreement' | 'closeAgreementWithTimeout' | 'startSettle' | 'challengeSettle',
  state: Hex,
  [ambassador, expert]: OfferSignatures,
): MarketCall {
  const args = [
    state,
    [ambassador.v, expert.v],
    [pad(ambassador.r, { size: 32 }), pad(expert.r, { size: 32 })],
    [pad(ambassador.s, { size: 32 }), pad(expert.s, { size: 32 })],
  ] as const
  return { to: getAddress(channel), data: encodeFunctionData({ abi: offerMultiSigAbi, functionName, args }) }
}
