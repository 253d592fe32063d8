import { OUTCOMES, type Outcome, stringifyJson } from '@polyswarm/protocol'
import { z } from 'zod'
import { UNSEEN_KINDS, type Unseen } from './unseen.js'

/** Versions of a tool and of its signatures, where they are known. */
export interface ToolVersions {
  vendor?: string
  signatures?: string
}

/** What an analysis backend says of one artifact. */
export interface Finding {
  outcome: Outcome
  /** How sure it is of `malicious` or `benign`, from 0 to 1; of no meaning for the other outcomes. */
  confidence: number
  /** Name of the malware, where it has one. */
  family?: string
  /** Why there is no answer, or what it rests on. */
  reason?: string
  /**
   * Why not everything was looked at, where that is so: then the artifact is called benign by nobody. A backend that has
   * no opinion, but saw all that it looks at, says nothing here.
   */
  unseen?: Unseen
  /** More to say of the artifact, in the assertion metadata that goes with the reveal; JSON values only. */
  metadata?: Record<string, unknown>
  /** Of a verdict: the probability that the artifact is malicious, 0 to 1. */
  probability?: number
  /** Where that probability lies with 95 percent certainty. */
  interval?: [number, number]
  /** What each backend said. */
  opinions?: readonly Opinion[]
  /** What it was looked at with, where that is not this process's own tools. */
  versions?: ToolVersions
}

/** What one backend said, as part of a verdict. */
export interface Opinion {
  backend: string
  outcome: Outcome
  confidence: number
  family?: string | undefined
  /** By how much it moved the log-odds of malicious, where that is known. */
  shift?: number | undefined
}

type Details = Omit<Partial<Finding>, 'outcome'>

/** What a verdict is worth that does not say how sure it is: neither the lowest nor the highest bid. */
const UNSAID = 0.5

/**
 * The artifact does harm. Without `confidence` it is 0.5.
 *
 * @example
 * ```ts
 * import { malicious } from '@polyswarm/participants'
 * malicious({ family: 'EICAR-Test-File', confidence: 1 }).outcome // => 'malicious'
 * ```
 */
export function malicious(details: Details = {}): Finding {
  return { confidence: UNSAID, ...details, outcome: 'malicious' }
}

/** The artifact does no harm. Without `confidence` it is 0.5. */
export function benign(details: Details = {}): Finding {
  return { confidence: UNSAID, ...details, outcome: 'benign' }
}

/** Something is odd about the artifact, but not enough to put money on. */
export function suspicious(details: Details = {}): Finding {
  return { confidence: 0.5, ...details, outcome: 'suspicious' }
}

/**
 * The backend works, and cannot tell. With `unseen` it says that a part of the artifact was not looked at (encrypted,
 * damaged, too large), and that nobody is to call it benign; without, that this is not its kind of artifact.
 *
 * @example
 * ```ts
 * import { unknown } from '@polyswarm/participants'
 * unknown({ unseen: 'encrypted', reason: 'secret.zip: no password opens it' }).outcome // => 'unknown'
 * ```
 */
export function unknown(details: Details = {}): Finding {
  return { confidence: 0, ...details, outcome: 'unknown' }
}

/** No answer, and why: a failure, a time limit, a decision not to take part. */
export function abstain(reason: string): Finding {
  return { outcome: 'abstain', confidence: 0, reason }
}

const MAX_TEXT = 256
/** Characters of JSON: so much for each of 256 artifacts still makes a document that polyswarmd takes. */
const MAX_METADATA = 3 * 1024

const share = z.number().min(0).max(1)

/** What JSON can hold, with integers of any size. */
const jsonValue: z.ZodType = z.lazy(() =>
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.bigint(),
    z.array(jsonValue),
    z.record(z.string(), jsonValue),
  ]),
)

const findingShape = z.object({
  outcome: z.enum(OUTCOMES),
  confidence: share,
  family: z.string().optional(),
  reason: z.string().optional(),
  unseen: z.enum(UNSEEN_KINDS).optional(),
  metadata: z.record(z.string(), jsonValue).optional(),
  probability: share.optional(),
  interval: z.tuple([share, share]).optional(),
  opinions: z
    .array(
      z.object({
        backend: z.string(),
        outcome: z.enum(OUTCOMES),
        confidence: share,
        family: z.string().optional(),
        shift: z.number().optional(),
      }),
    )
    .optional(),
})

/**
 * What a backend returned, if it is a finding, with overlong texts cut and metadata that is too large left out; else an
 * abstention that says so. What is called benign and was not all looked at is unknown. Never throws.
 */
export function checkFinding(value: unknown): Finding {
  try {
    return findingOf(value)
  } catch (error) {
    return abstain(`the answer is no finding: ${(error as Error).message}`)
  }
}

function findingOf(value: unknown): Finding {
  const result = findingShape.safeParse(value)
  if (!result.success) {
    const [issue] = result.error.issues
    return abstain(`the answer is no finding: ${issue?.path.join('.') || 'value'}: ${issue?.message}`)
  }
  const { family, reason, unseen, metadata, probability, interval, opinions, ...rest } = result.data
  return {
    ...rest,
    // Who calls benign what was not looked at contradicts itself.
    ...(unseen !== undefined && { unseen, ...(rest.outcome === 'benign' && { outcome: 'unknown', confidence: 0 }) }),
    ...(family !== undefined && { family: family.slice(0, MAX_TEXT) }),
    ...(reason !== undefined && { reason: reason.slice(0, MAX_TEXT) }),
    ...(metadata !== undefined && stringifyJson(metadata).length <= MAX_METADATA && { metadata }),
    ...(probability !== undefined && { probability }),
    ...(interval !== undefined && { interval }),
    ...(opinions !== undefined && { opinions }),
  }
}
