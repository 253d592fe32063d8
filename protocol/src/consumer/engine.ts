import { z } from 'zod'
import { moment } from './encodings.js'

/** One element of `GET /microengines/list`: an account that has answered, or voted, on what was submitted here. */
export const engineResult = z.object({
  id: z.string(),
  engineId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  engineType: z.enum(['microengine', 'arbiter']),
  status: z.enum(['verified', 'unverified']),
  /** Address of the account. */
  accountNumber: z.string(),
  artifactTypes: z.array(z.enum(['file', 'url'])),
  mimeTypes: z.array(z.string()),
  communities: z.array(z.string()),
  tags: z.array(z.string()),
  createdAt: moment,
  modifiedAt: moment,
  archivedAt: moment.nullable(),
  /** How its verdicts compare with what the arbiters found, on what was submitted here. */
  record: z.object({
    true_positives: z.number().int().nonnegative(),
    false_positives: z.number().int().nonnegative(),
    true_negatives: z.number().int().nonnegative(),
    false_negatives: z.number().int().nonnegative(),
  }),
})

/** See {@link engineResult}. */
export type Engine = z.infer<typeof engineResult>
