import { requestedHash } from '@polyswarm/protocol'
import { z } from 'zod'
import { MAX_RAW_TRANSACTION } from '../chain/signed-transaction.js'

/** Transactions, or hashes, of one request. */
const MAX_TRANSACTIONS = 10

/**
 * A signed transaction in hexadecimal digits, without 0x. An odd number of them gets an answer of its own; the document
 * asks for pairs.
 */
const signed = z
  .string()
  .min(1)
  .max(2 * MAX_RAW_TRANSACTION)
  .regex(/^[0-9a-fA-F]+$/)
  .meta({ pattern: '^([0-9a-fA-F]{2})+$' })

/** The body of a `POST /transactions` that takes so many at once. */
export function signedTransactions(most: number) {
  return z.object({ transactions: z.array(signed).max(most) })
}

/** Body of `POST /transactions`. */
export const sendTransactionsBody = signedTransactions(MAX_TRANSACTIONS)

/** Body of `GET /transactions`. */
export const findTransactionsBody = z.object({ transactions: z.array(requestedHash).max(MAX_TRANSACTIONS) })
