import { offerProofText } from '@polyswarm/protocol'
import { OFFER_PROOF } from '@polyswarm/protocol/routes'
import { hashMessage, isAddressEqual, parseSignature } from 'viem'
import { RefusalError } from '../api/refusal.js'
import type { ChannelRow } from '../ledger/channel-reader.js'
import type { Seal } from './offer-message.js'
import { signerOf } from './offer-signer.js'

/** How far a proof may be from now, in seconds. */
const VALIDITY = 300

/**
 * Which party of a channel a proof is of.
 *
 * @param now in ms since 1970.
 * @throws RefusalError where it is of neither, or of another time.
 */
export function partyOfProof(proof: string, channel: ChannelRow, now: number): Seal['author'] {
  const [time = '', signature = ''] = proof.split('.')
  const seconds = Number(time)
  if (!OFFER_PROOF.test(proof) || Math.abs(now / 1000 - seconds) > VALIDITY) throw new RefusalError('PROOF_INVALID')
  const { r, s, yParity } = parseSignature(signature as `0x${string}`)
  const signer = signerOf(hashMessage(offerProofText(channel.address, seconds)), { r, s, v: 27 + yParity })
  if (signer && isAddressEqual(signer, channel.ambassador)) return 'ambassador'
  if (signer && isAddressEqual(signer, channel.expert)) return 'expert'
  throw new RefusalError('PROOF_INVALID')
}
