import { z } from 'zod'
import { instanceType } from './encodings.js'

const upper = (value: unknown): unknown => (typeof value === 'string' ? value.toUpperCase() : value)

/** The longest name of an artifact or an account, in UTF-16 units; a longer one of an artifact is cut. A URL has its own limit. */
export const MAX_NAME = 256

/** The longest URL that can be judged, in characters. */
export const MAX_URL = 2048

/**
 * Body of `POST /instance`: announces an artifact, whose bytes follow to the `upload_url` of the answer. What clients of
 * the public API send besides (`scan_config`, a null `preprocessing`) is accepted and changes nothing.
 */
export const createInstanceRequest = z.looseObject({
  /** Name of the file, or the URL itself. */
  artifact_name: z.string().min(1).max(4096),
  artifact_type: z.preprocess(upper, instanceType).default('FILE'),
  community: z.string().max(64).optional(),
  /** Days until bytes and answer are deleted; the service's own limit by default. */
  expiration_window: z.number().int().min(1).max(3650).nullish(),
  /** Keeps the artifact and its answer to the account that submits it. */
  private: z.boolean().optional(),
  /** Has it judged even if the same bytes were judged lately. */
  fresh: z.boolean().optional(),
  /** Password of an archive, told to the engines. */
  preprocessing: z.looseObject({ type: z.string().max(32), password: z.string().max(256).nullish() }).nullish(),
})

/** Body of `PUT /instance`, which starts a submission whose bytes are here. */
export const startInstanceRequest = z.looseObject({ community: z.string().max(64).optional() })

/** Body of `POST /instance/dispute`. */
export const disputeRequest = z.object({ reason: z.string().trim().min(1).max(1000) })
