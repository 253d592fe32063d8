import { z } from 'zod'
import { id, moment } from './encodings.js'

/** The furthest that `GET /consumer/download/stream` looks back, in minutes. */
export const MAX_SINCE = 2_880

/** Element of `GET /consumer/download/stream`: artifacts that a service stored one after the other, in one encrypted archive. */
export const archiveResult = z.object({
  /** That of its last artifact: who has this archive has everything before it. */
  id,
  community: z.string(),
  /** When its last artifact was stored. */
  created: moment,
  /** Where it is fetched, without a key, within an hour. */
  uri: z.string().max(2048),
  /** Ids of its first and last artifact. Two archives with the same have the same in them, but for what was deleted. */
  first: id,
  last: id,
  /** How many artifacts, and their bytes together. */
  artifacts: z.number().int().min(1),
  size: z.number().int().min(1),
})

/** See {@link archiveResult}. */
export type ArchiveResult = z.infer<typeof archiveResult>
