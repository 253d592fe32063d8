import { secp256k1 } from '@bitauth/libauth'
import {
  type Address,
  concat,
  hexToBytes,
  keccak256,
  pad,
  serializeTransaction,
  type TransactionSerializable,
  toHex,
} from 'viem'
import { publicKeyToAddress } from 'viem/utils'

/**
 * Who signed a transaction. Each that is sent on is looked at, and libsecp256k1 takes a ninth of the time that the same
 * arithmetic takes in JavaScript.
 *
 * @param transaction as parsed, with its signature.
 * @throws Error where it is not signed, or its signature is of nobody.
 */
export function recoverSender(transaction: TransactionSerializable): Address {
  const { r, s, v, yParity, ...rest } = transaction
  if (r === undefined || s === undefined) throw new Error('the transaction is not signed')
  const signed = hexToBytes(
    keccak256(serializeTransaction({ ...rest, sidecars: undefined } as TransactionSerializable)),
  )
  const signature = hexToBytes(concat([pad(r), pad(s)]))
  const key = secp256k1.recoverPublicKeyUncompressed(signature, parityOf(v, yParity), signed)
  if (typeof key === 'string') throw new Error(`the signature is of nobody: ${key}`)
  return publicKeyToAddress(toHex(key))
}

/** EIP-155 adds the chain id, twice, and 35 to it; before, it was 27 or 28. */
function parityOf(v: bigint | undefined, yParity: number | undefined): 0 | 1 {
  if (yParity === 0 || yParity === 1) return yParity
  if (v === 0n || v === 27n || (v !== undefined && v >= 35n && v % 2n === 1n)) return 0
  if (v === 1n || v === 28n || (v !== undefined && v >= 35n)) return 1
  throw new Error(`${v} is no recovery value`)
}
