import { OUTCOMES, type Outcome } from '@polyswarm/protocol'
import { z } from 'zod'

/** What an analysis backend says of one artifact. */
export interface Finding {
  outcome: Outcome
  /** How sure it is of `malicious` or `benign`, from 0 to 1; of no meaning for the other outcomes. */
  confidence: number
  /** Name of the malware, where it has one. */
  family?: string
  /** Why there is no answer, or what it rests on. */
  reason?: string
  /** More to say of the artifact, in the assertion metadata that goes with the reveal; JSON values only. */
  metadata?: Record<string, unknown>
}

type Details = Omit<Partial<Finding>, 'outcome'>

/**
 * The artifact does harm.
 *
 * @example
 * ```ts
 * import { malicious } from '@polyswarm/participants'
 * malicious({ family: 'EICAR-Test-File', confidence: 1 }).outcome // => 'malicious'
 * ```
 */
export function malicious(details: Details = {}): Finding {
  return { confidence: 1, ...details, outcome: 'malicious' }
}

/** The artifact does no harm. */
export function benign(details: Details = {}): Finding {
  return { confidence: 1, ...details, outcome: 'benign' }
}

/** Something is odd about the artifact, but not enough to put money on. */
export function suspicious(details: Details = {}): Finding {
  return { confidence: 0.5, ...details, outcome: 'suspicious' }
}

/** The backend works, and cannot tell: not its kind of artifact, encrypted, damaged. */
export function unknown(details: Details = {}): Finding {
  return { confidence: 0, ...details, outcome: 'unknown' }
}

/** No answer, and why: a failure, a time limit, a decision not to take part. */
export function abstain(reason: string): Finding {
  return { outcome: 'abstain', confidence: 0, reason }
}

const MAX_TEXT = 256

const findingShape = z.object({
  outcome: z.enum(OUTCOMES),
  confidence: z.number().min(0).max(1),
  family: z.string().optional(),
  reason: z.string().optional(),
  metadata: z.record(z.string(), z.json()).optional(),
})

/** What a backend returned, if it is a finding, with overlong texts cut; else an abstention that says so. */
export function checkFinding(value: unknown): Finding {
  const result = findingShape.safeParse(value)
  if (!result.success) {
    const [issue] = result.error.issues
    return abstain(`the answer is no finding: ${issue?.path.join('.') || 'value'}: ${issue?.message}`)
  }
  const { family, reason, metadata, ...rest } = result.data
  return {
    ...rest,
    ...(family !== undefined && { family: family.slice(0, MAX_TEXT) }),
    ...(reason !== undefined && { reason: reason.slice(0, MAX_TEXT) }),
    ...(metadata !== undefined && { metadata }),
  }
}
