import type { Hex } from 'viem'
import { z } from 'zod'
import { address, count, uint } from './encodings.js'

/** Longest calldata that is priced, in hexadecimal digits: nodes take no larger transaction. */
const MOST_DIGITS = 2 * 128 * 1024

const data = z
  .string()
  .max(MOST_DIGITS + 2)
  .regex(/^0x([0-9a-fA-F]{2})*$/)
  .transform((text) => text as Hex)

/** Body of `POST /quote`: the calls that an account means to make, in this order. There can be none. */
export const quoteRequest = z.object({ calls: z.array(z.object({ to: address, data })).max(10) })

/** What one call would take: a gas limit, or why it would fail; null for both where the node cannot say. */
const quotedCall = z.object({ gas: uint.nullable(), error: z.string().nullable() })

/** Result of `POST /quote`: what it takes to sign for an account now. The price is in wei; `calls` are as in the request. */
export const quoteResult = z.object({
  chain_id: count,
  /** The newest block. */
  block: count,
  /** How many transactions of the account are mined, which is its next nonce. */
  nonce: count,
  gas_price: uint,
  calls: z.array(quotedCall).max(10),
})

/** See {@link quoteResult}. */
export type QuoteResult = z.infer<typeof quoteResult>
