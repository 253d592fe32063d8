import { z } from 'zod'
import { amount, id, moment } from './encodings.js'

/** Result of `GET /public/accounts/whois`: whose key it is. */
export const whoisResult = z.object({
  account_name: z.string(),
  account_number: id,
  account_type: z.string(),
  communities: z.array(z.string()),
})

/** How much of something may be used, and how much of it is. */
const allowance = z.object({
  /** Null for no limit. */
  limit: z.number().int().nonnegative().nullable(),
  used: z.number().int().nonnegative(),
  /** Seconds until the oldest use no longer counts; 0 where nothing is used. */
  resets_in: z.number().int().nonnegative(),
})

/** Result of `GET /public/accounts`: what an account may use, and what it has used. Amounts in base units. */
export const accountResult = z.object({
  account_name: z.string(),
  account_number: id,
  account_type: z.string(),
  /** Submissions in the last hour. */
  submissions: allowance,
  /** Null where the account has no budget of its own. */
  budget: z.object({ limit: amount, spent: amount, left: amount }).nullable(),
  /** What one file costs at present, reward and fee. */
  price: amount,
  features: z.array(z.object({ name: z.string(), tag: z.string(), value: z.union([z.boolean(), z.number()]) })),
})

/** A key of an account. The key itself is known to its holder only. */
export const keyResult = z.object({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  created: moment,
  /** Whether it is the key that asks. */
  in_use: z.boolean(),
})

/** See {@link keyResult}. */
export type KeyResult = z.infer<typeof keyResult>

/** A key that was just made: `key` is shown this once. */
export const madeKeyResult = keyResult.extend({ key: z.string() })

/** See {@link accountResult}. */
export type Account = z.infer<typeof accountResult>
