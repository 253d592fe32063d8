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
  features: z.array(
    z.object({
      name: z.string(),
      tag: z.string(),
      value: z.union([z.boolean(), z.number()]),
      /** How often it may be used; null for no limit. */
      base_uses: z.number().nullable().optional(),
      remaining_uses: z.number().nullable().optional(),
    }),
  ),
})

/** The same with what clients of the public API look for besides: nobody has a plan or a trial here. */
export const publicAccountResult = accountResult.extend({
  account_plan_name: z.string(),
  ...{ plan_period_start: z.null(), plan_period_end: z.null(), window_start: z.null(), window_end: z.null() },
  ...{ daily_api_limit: z.null(), daily_api_remaining: z.null(), has_stream_access: z.literal(false) },
  ...{ is_trial: z.literal(false), is_trial_expired: z.literal(false) },
  ...{ trial_started_at: z.null(), trial_ended_at: z.null() },
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
