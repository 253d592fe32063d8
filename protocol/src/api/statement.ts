import { z } from 'zod'
import { address, count, decimal, guid, hash } from './encodings.js'

/** Why NCT came or went. `settlement` is all that a bounty paid an account at once. */
const MOVEMENT_REASONS = [
  'reward',
  'bounty-fee',
  'bid',
  'assertion-fee',
  'settlement',
  'treasury',
  'stake',
  'unstake',
  'offer',
  'relay',
  'mint',
  'burn',
  'transfer',
] as const

/** NCT that came into an account or went out of it. */
export const movement = z.object({
  block_number: count,
  txhash: hash,
  direction: z.enum(['in', 'out']),
  amount: decimal,
  reason: z.enum(MOVEMENT_REASONS),
  /** The bounty or offer that it was for. */
  guid: guid.nullable(),
  /** Whom it came from or went to; zero for what was made or burned. */
  counterparty: address,
  /** What the account paid for the transaction, in wei of the chain's coin; null for others' and where it was told before. */
  gas_cost: decimal.nullable(),
})

/** See {@link movement}. */
export type Movement = z.infer<typeof movement>

/**
 * Result of `GET /balances/<address>/statement`: what came and went, oldest first, in the blocks `from` to `to`. Where `next`
 * is a block the rest begins there. `balance` is that at the end of `to`, where the request named no `to`.
 */
export const statementPage = z.object({
  from: count,
  to: count,
  next: count.nullable(),
  balance: decimal.nullable(),
  movements: z.array(movement),
})

/** See {@link statementPage}. */
export type StatementPage = z.infer<typeof statementPage>
