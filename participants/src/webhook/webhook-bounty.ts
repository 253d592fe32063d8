import type { ArtifactType } from '@polyswarm/protocol'
import { stringifyJson } from '@polyswarm/protocol'
import { z } from 'zod'
import { type BidRange, USUAL_RANGE } from '../staking/strategies.js'

/** What a webhook is asked to judge. */
export interface WebhookBounty {
  /** As the caller names it; the same again is the same bounty. */
  id: string
  artifactType: ArtifactType
  /** Where the artifact is fetched from. */
  artifactUri: string
  /** When an answer comes too late, in milliseconds since 1970. */
  expiration: number
  /** Where the answer goes. */
  responseUrl: string
  /** What can be bid, in base units. */
  range: BidRange
  /** Of the artifact, in lower case, where the caller says it. */
  sha256?: string | undefined
  /** Whether an assertion or a vote is wanted. */
  phase: 'assertion' | 'arbitration'
  /** What is said of the artifact. */
  metadata: Record<string, unknown>
}

const MOST_METADATA = 16 * 1024

const amount = z
  .union([
    z.bigint(),
    z.number().int().transform(BigInt),
    z
      .string()
      .regex(/^\d{1,40}$/)
      .transform(BigInt),
  ])
  .pipe(z.bigint().min(0n))

const shape = z.object({
  id: z.union([z.string().min(1).max(200), z.number().int(), z.bigint()]).transform(String),
  artifact_type: z
    .string()
    .transform((type) => type.toLowerCase())
    .pipe(z.enum(['file', 'url'])),
  artifact_uri: z.string().min(1).max(4_096),
  // A time without an offset is one of UTC.
  expiration: z
    .string()
    .max(40)
    .transform((text) => Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`))
    .pipe(z.number().finite()),
  response_url: z.string().min(1).max(4_096),
  rules: z.object({
    min_allowed_bid: amount.default(USUAL_RANGE.minimum),
    max_allowed_bid: amount.default(USUAL_RANGE.maximum),
  }),
  sha256: z
    .string()
    .regex(/^[\da-f]{64}$/i)
    .transform((digest) => digest.toLowerCase())
    .nullish(),
  mimetype: z.unknown().optional(),
  phase: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
})

/** Reads the JSON of a bounty; undefined where it is none. What is not known is passed over. */
export function parseWebhookBounty(value: unknown): WebhookBounty | undefined {
  const { success, data } = shape.safeParse(value)
  if (!success) return undefined
  const { min_allowed_bid: minimum, max_allowed_bid: maximum } = data.rules
  if (minimum > maximum) return undefined
  const said = { ...mimetypeOf(data), ...data.metadata }
  return {
    id: data.id,
    artifactType: data.artifact_type,
    artifactUri: data.artifact_uri,
    expiration: data.expiration,
    responseUrl: data.response_url,
    range: { minimum, maximum },
    sha256: data.sha256 ?? undefined,
    phase: data.phase?.startsWith('arbitration') ? 'arbitration' : 'assertion',
    metadata: stringifyJson(said).length <= MOST_METADATA ? said : {},
  }
}

/** The JSON of a bounty, as webhooks of the original take it. */
export function webhookBountyJson(bounty: WebhookBounty): string {
  const { artifactType, artifactUri, expiration, responseUrl, range, sha256, phase, metadata, id } = bounty
  return stringifyJson({
    id,
    artifact_type: artifactType.toUpperCase(),
    artifact_uri: artifactUri,
    // Python before 3.11 does not read a Z.
    expiration: new Date(expiration).toISOString().replace('Z', '+00:00'),
    response_url: responseUrl,
    rules: { min_allowed_bid: range.minimum, max_allowed_bid: range.maximum },
    phase,
    ...(sha256 !== undefined && { sha256 }),
    ...mimetypeOf(metadata),
    metadata: stringifyJson(metadata).length <= MOST_METADATA ? metadata : {},
  })
}

/** A hint, written by a stranger: one that cannot be is passed over, so that it costs nobody the bounty. */
function mimetypeOf({ mimetype }: { mimetype?: unknown }): { mimetype?: string } {
  return typeof mimetype === 'string' && /^[\w.+-]{1,80}\/[\w.+-]{1,80}$/.test(mimetype) ? { mimetype } : {}
}
