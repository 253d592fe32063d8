import {
  encodeOfferState,
  guidFromUint128,
  maskFromBooleans,
  type offerStateRequest,
  offerStateWord,
} from '@polyswarm/protocol'
import { type Address, getAddress, type Hex, isAddress } from 'viem'
import type { z } from 'zod'
import { uint256 } from './body.js'
import { InvalidBodyError } from './refusal.js'

/**
 * The state that a body of `POST /offers/state` describes.
 *
 * @throws InvalidBodyError naming the field that does not fit its word.
 */
export function stateOfRequest(body: z.infer<typeof offerStateRequest>, token: Address): Hex {
  const { mask, verdicts } = body
  if ((mask === undefined) !== (verdicts === undefined)) {
    throw new InvalidBodyError({ detail: "data must contain ['mask', 'verdicts'] properties" })
  }
  const integer = (name: 'nonce' | 'ambassador_balance' | 'expert_balance' | 'offer_amount') =>
    uint256(String(body[name]), name)
  return encodeOfferState({
    isClosed: body.close_flag === 1,
    sequence: integer('nonce'),
    ambassador: addressOf(body.ambassador, 'ambassador'),
    expert: addressOf(body.expert, 'expert'),
    channel: addressOf(body.msig_address, 'msig_address'),
    ambassadorBalance: integer('ambassador_balance'),
    expertBalance: integer('expert_balance'),
    token,
    guid: guidOf(body.guid),
    offerAmount: integer('offer_amount'),
    artifactHash: wordOf(body.artifact_hash, 'artifact_hash'),
    ipfsHash: wordOf(body.ipfs_hash, 'ipfs_hash'),
    engagementDeadline: wordOf(body.engagement_deadline, 'engagement_deadline'),
    assertionDeadline: wordOf(body.assertion_deadline, 'assertion_deadline'),
    mask: maskFromBooleans(mask ?? []),
    verdicts: maskFromBooleans(verdicts ?? []),
    metadata: wordOf(body.meta_data, 'meta_data'),
  })
}

/** An address of a body, in any letter case. @throws InvalidBodyError where it is none. */
export function addressOf(text: string, field: string): Address {
  if (!isAddress(text, { strict: false })) throw new InvalidBodyError({ detail: `data.${field} must be an address` })
  return getAddress(text.toLowerCase() as Address)
}

function guidOf(digits: string) {
  const value = BigInt(digits)
  if (value >> 128n !== 0n) {
    throw new InvalidBodyError({ detail: `data.guid must be smaller than or equal to ${2n ** 128n - 1n}` })
  }
  return guidFromUint128(value)
}

function wordOf(text: string | undefined, field: string): Hex {
  try {
    return offerStateWord(text ?? '')
  } catch {
    throw new InvalidBodyError({ detail: `data.${field} must be hexadecimal or text of up to 32 bytes` })
  }
}
