import { createHash } from 'node:crypto'
import { ARTIFACT_TYPES, type Guid, MAX_ARTIFACTS, stringifyJson } from '@polyswarm/protocol'
import { z } from 'zod'

/** One artifact that one backend is to look at. The worker fetches its bytes itself. */
export interface ScanJob {
  guid: Guid
  /** Content address of all artifacts of the bounty. */
  uri: string
  numArtifacts: number
  index: number
  artifactType: (typeof ARTIFACT_TYPES)[number]
  /** What the ambassador says of it. */
  metadata: Record<string, unknown>
  /** When an answer comes too late, in milliseconds since 1970 by the clock of Redis. */
  deadline: number
}

const shape = z.object({
  guid: z.string(),
  uri: z.string(),
  numArtifacts: z.number().int().min(1).max(MAX_ARTIFACTS),
  index: z
    .number()
    .int()
    .min(0)
    .max(MAX_ARTIFACTS - 1),
  artifactType: z.enum(ARTIFACT_TYPES),
  metadata: z.record(z.string(), z.unknown()),
  deadline: z.number(),
})

/** Characters of JSON; what a stranger says of an artifact is a hint, and not to fill Redis. */
const MOST_METADATA = 16 * 1024
/** The last priority that BullMQ knows: as seconds, 24 days. */
const LAST_PRIORITY = 2 ** 21 - 1
/** Seconds after which priorities are counted from a later moment: six days. */
const COUNTED_FOR = 2 ** 19

/** The job for an artifact, with metadata that is too large left out. */
export function scanJob(job: ScanJob): ScanJob {
  return stringifyJson(job.metadata).length > MOST_METADATA ? { ...job, metadata: {} } : job
}

/** A job as a worker got it; undefined where it is none. */
export function parseScanJob(value: unknown): ScanJob | undefined {
  const { success, data } = shape.safeParse(value)
  return success && data.index < data.numArtifacts ? { ...data, guid: data.guid as Guid } : undefined
}

/**
 * The id of a job: the same for the same question, so that a front that was restarted finds the job that it had posted, and
 * its answer.
 */
export function jobIdOf({ guid, uri, index, artifactType, metadata }: ScanJob): string {
  const question = stringifyJson([guid, uri, index, artifactType, metadata])
  return createHash('sha256').update(question).digest('hex').slice(0, 40)
}

/**
 * Its place in the queue: the job with the earliest deadline has the least, from 1. Seconds are counted from six to twelve
 * days before now, so that deadlines of a week ahead, and of a week ago, keep their order. Where what they are counted
 * from moves, the place of a job that waits does, too.
 *
 * @param now milliseconds since 1970, by the clock of Redis.
 */
export function priorityOf({ deadline }: Pick<ScanJob, 'deadline'>, now: number): number {
  const from = (Math.floor(now / 1000 / COUNTED_FOR) - 1) * COUNTED_FOR
  return Math.min(Math.max(1 + Math.floor(deadline / 1000) - from, 1), LAST_PRIORITY)
}
