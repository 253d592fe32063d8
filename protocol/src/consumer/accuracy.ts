import { z } from 'zod'
import { id, moment } from './encodings.js'

const count = z.number().int().nonnegative()

/** Body of `POST /consumer/assertions-job` and of `POST /consumer/votes-job`: whose verdicts, or votes, of which days. */
export const accuracyRequest = z.object({
  /** Address of the engine's, or the arbiter's, account. */
  engine_id: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
  /** ISO 8601: the first day, in UTC. */
  date_start: z.string().min(1).max(40),
  /** ISO 8601: the day after the last, in UTC. */
  date_end: z.string().min(1).max(40),
})

/** How the verdicts of an engine, or the votes of an arbiter, compare with what the arbiters found, in whole days. */
export const accuracyResult = z.object({
  id,
  engine_id: z.string(),
  created: moment,
  date_start: moment,
  date_end: moment,
  /** Where the counts of each day are, as CSV. */
  storage_path: z.string().nullable(),
  true_positive: count,
  true_negative: count,
  false_positive: count,
  false_negative: count,
  /** Nobody says that here: a verdict is malicious or benign. */
  suspicious: z.literal(0),
  /** Answers that were never revealed, or of which nobody knows the truth. */
  unknown: count,
  total: count,
})

/** See {@link accuracyResult}. */
export type Accuracy = z.infer<typeof accuracyResult>
