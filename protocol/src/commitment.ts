import type { Address, Hex } from 'viem'
import { encodeAbiParameters, hexToBigInt, keccak256, numberToHex, stringToHex } from 'viem/utils'
import { InvalidNonceError } from './errors.js'
import { type Guid, guidToUint128 } from './guid.js'
import type { ArtifactMask } from './mask.js'

/**
 * What an engine publishes instead of its verdicts until the reveal, for `postSealedAssertion`: keccak256 over five 32-byte
 * words, the bounty's guid, the asserting address, the verdicts, keccak256 of the metadata of the reveal, and the nonce.
 * Each of them has a place of its own, so that the commitment opens to nothing else. The rule is `Commitment.sol`'s, and a
 * test holds the two together.
 *
 * @param mask the artifacts asserted on; verdicts on others are left out, as the contract refuses to reveal them.
 * @param verdicts set bit: malicious.
 * @param metadata the text that the reveal will carry, to the byte.
 * @param nonce 1 to 2^256 − 1, secret until the reveal.
 * @throws InvalidNonceError for a nonce out of range.
 * @example
 * ```ts
 * import { newGuid, newNonce, sealedCommitmentOf } from '@polyswarm/protocol'
 * const author = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
 * const secret = { guid: newGuid(), author, mask: 1n, verdicts: 1n, nonce: newNonce() }
 * sealedCommitmentOf({ ...secret, metadata: '' }) === sealedCommitmentOf({ ...secret, metadata: 'Qm' }) // => false
 * ```
 */
export function sealedCommitmentOf({
  guid,
  author,
  mask,
  verdicts,
  metadata,
  nonce,
}: {
  guid: Guid
  author: Address
  mask: ArtifactMask
  verdicts: ArtifactMask
  metadata: string
  nonce: bigint
}): bigint {
  requireNonce(nonce)
  const words = encodeAbiParameters(SEALED, [
    guidToUint128(guid),
    author,
    verdicts & mask,
    keccak256(stringToHex(metadata)),
    nonce,
  ])
  return hexToBigInt(keccak256(words))
}

const SEALED = [
  { type: 'uint128' },
  { type: 'address' },
  { type: 'uint256' },
  { type: 'bytes32' },
  { type: 'uint256' },
] as const

/**
 * The commitment in the form of the original, for `postAssertion`, which takes it on bounties of up to 64 artifacts:
 * keccak256 over one 32-byte word, the exclusive or of the verdicts, keccak256 of the nonce, and the asserting address. It
 * binds the sender and the verdicts, neither the bounty nor the metadata.
 *
 * @param verdicts set bit: malicious; leave out those on artifacts outside the mask, as they cannot be revealed.
 * @param nonce 1 to 2^256 − 1, secret until the reveal.
 * @throws InvalidNonceError for a nonce out of range.
 * @example
 * ```ts
 * import { commitmentOf, newNonce } from '@polyswarm/protocol'
 * const author = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
 * const nonce = newNonce()
 * commitmentOf({ verdicts: 1n, nonce, author }) === commitmentOf({ verdicts: 0n, nonce, author }) // => false
 * ```
 */
export function commitmentOf({
  verdicts,
  nonce,
  author,
}: {
  verdicts: ArtifactMask
  nonce: bigint
  author: Address
}): bigint {
  requireNonce(nonce)
  return hashWord(verdicts ^ hashWord(nonce) ^ hexToBigInt(author))
}

/** Draws a nonce for a commitment: 32 random bytes, never zero. */
export function newNonce(): bigint {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  const nonce = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
  return nonce === 0n ? newNonce() : nonce
}

function requireNonce(nonce: bigint): void {
  if (nonce <= 0n || nonce >> 256n !== 0n) throw new InvalidNonceError()
}

function hashWord(word: bigint): bigint {
  const hash: Hex = keccak256(numberToHex(word, { size: 32 }))
  return hexToBigInt(hash)
}
