import type { Hex } from 'viem'
import { z } from 'zod'
import { address, bits, count, decimal, guid, hash, uint } from './encodings.js'
import { closedAgreement, settleChallenged, settleStarted } from './offer.js'

/** An unsigned transaction as the building routes return it: the legacy shape, without sender. */
export const unsignedTransaction = z.object({
  chainId: count,
  data: z
    .string()
    .regex(/^0x([0-9a-fA-F]{2})*$/)
    .transform((text) => text as Hex),
  gas: uint,
  gasPrice: uint,
  nonce: count,
  to: address,
  value: uint,
})

/** See {@link unsignedTransaction}. */
export type UnsignedTransaction = z.infer<typeof unsignedTransaction>

/** The result of every route that builds transactions, in the order in which they must be mined. */
export const builtTransactions = z.object({ transactions: z.array(unsignedTransaction).min(1).max(10) })

/** One entry of what `POST /transactions` answers, in `result` or, where one failed, in `errors`. */
export const sentTransaction = z.object({ is_error: z.boolean(), message: z.string() })

/** See {@link sentTransaction}. */
export type SentTransaction = z.infer<typeof sentTransaction>

/** What `GET /transactions` reports of mined transactions: every event of each kind; kinds without events are absent. */
export const transactionEvents = z.object({
  errors: z.array(z.string()).optional(),
  transfers: z.array(z.object({ to: address, from: address, value: decimal })).optional(),
  bounties: z
    .array(
      z.object({ guid, author: address, amount: decimal, uri: z.string(), expiration: decimal, metadata: z.string() }),
    )
    .optional(),
  assertions: z
    .array(
      z.object({
        bounty_guid: guid,
        author: address,
        index: count,
        bid: z.array(decimal),
        mask: bits,
        commitment: decimal,
      }),
    )
    .optional(),
  votes: z.array(z.object({ bounty_guid: guid, voter: address, votes: bits })).optional(),
  reveals: z
    .array(
      z.object({
        bounty_guid: guid,
        author: address,
        index: count,
        nonce: decimal,
        verdicts: bits,
        metadata: z.string(),
      }),
    )
    .optional(),
  settlements: z.array(z.object({ bounty_guid: guid, settler: address, payout: uint })).optional(),
  withdrawals: z.array(z.object({ to: address, value: uint })).optional(),
  deposits: z.array(z.object({ from: address, value: uint })).optional(),
  offers_initialized: z
    .array(z.object({ ambassador: address, expert: address, guid, multi_signature: address }))
    .optional(),
  offers_opened: z.array(z.object({ _ambassador: address })).optional(),
  offers_canceled: z.array(z.object({ _ambassador: address })).optional(),
  offers_joined: z.array(z.object({ _expert: address })).optional(),
  offers_closed: z.array(closedAgreement).optional(),
  offers_settled: z.array(settleStarted).optional(),
  offers_challenged: z.array(settleChallenged).optional(),
})

/** See {@link transactionEvents}. */
export type TransactionEvents = z.infer<typeof transactionEvents>

/** A transaction hash as clients send it, with or without 0x. */
export const requestedHash = z
  .string()
  .regex(/^(0x)?[0-9a-fA-F]{64}$/)
  .transform((text) => `0x${text.replace(/^0x/, '').toLowerCase()}`)
  .pipe(hash)

/** Largest raw transaction that is looked at, in bytes; the nodes' own limit. */
export const MAX_RAW_TRANSACTION = 128 * 1024

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
