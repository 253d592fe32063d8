import { type Address, type Hex, hexToBigInt, keccak256, numberToHex } from 'viem'
import { InvalidNonceError } from './errors.js'
import type { ArtifactMask } from './mask.js'

/**
 * What an engine publishes instead of its verdicts until the reveal: keccak256 over one 32-byte word, the exclusive or of
 * the verdicts, keccak256 of the nonce, and the asserting address. Bound to the sender, so that a copied commitment is
 * worthless. The rule is `Commitment.sol`'s, and a test holds the two together.
 *
 * @param verdicts set bit: malicious. Bits outside the assertion's mask are hashed, but count for nothing.
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
  if (nonce <= 0n || nonce >> 256n !== 0n) throw new InvalidNonceError()
  return hashWord(verdicts ^ hashWord(nonce) ^ hexToBigInt(author))
}

/** Draws a nonce for a commitment: 32 random bytes, never zero. */
export function newNonce(): bigint {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  const nonce = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
  return nonce === 0n ? newNonce() : nonce
}

function hashWord(word: bigint): bigint {
  const hash: Hex = keccak256(numberToHex(word, { size: 32 }))
  return hexToBigInt(hash)
}
