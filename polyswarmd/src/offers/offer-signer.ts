import { secp256k1 } from '@bitauth/libauth'
import { type Address, type Hex, hexToBytes, numberToHex, toHex } from 'viem'
import { publicKeyToAddress } from 'viem/utils'

/** Half the order of secp256k1: contracts take no `s` above it, so that a signature has one form. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** A signature in the fields of the API: integers in hexadecimal, with or without 0x and zeros at the front. */
export interface SignatureFields {
  r: string
  s: string
  v: number
}

/** Who signed a digest; null where the signature is of nobody, or in a form that no contract would take. */
export function signerOf(digest: Hex, { r, s, v }: SignatureFields): Address | null {
  const [first, second] = [wordOf(r), wordOf(s)]
  if (first === null || second === null || second > HALF_ORDER || (v !== 27 && v !== 28)) return null
  const signature = new Uint8Array([...bytes(first), ...bytes(second)])
  const key = secp256k1.recoverPublicKeyUncompressed(signature, v === 27 ? 0 : 1, hexToBytes(digest))
  return typeof key === 'string' ? null : publicKeyToAddress(toHex(key))
}

function wordOf(text: string): bigint | null {
  const digits = /^(?:0x)?([0-9a-fA-F]{1,64})$/.exec(text)?.[1]
  return digits === undefined ? null : BigInt(`0x${digits}`)
}

function bytes(word: bigint): Uint8Array {
  return hexToBytes(numberToHex(word, { size: 32 }))
}
