import type { BackendFinding } from '../findings/backend-finding.js'
import { abstain, type Finding, unknown } from '../findings/finding.js'
import { acquittal } from './acquittal.js'

/** How findings become one verdict. */
export type DistillationPolicy = 'any' | 'unanimous' | 'weighted' | 'bayesian'

/** The names of the policies; see {@link distill}, and `conclude` for `bayesian`. */
export const DISTILLATION_POLICIES = [
  'any',
  'unanimous',
  'weighted',
  'bayesian',
] as const satisfies DistillationPolicy[]

/**
 * Makes one answer of several findings. Only `malicious` and `benign` count as opinions. Under every policy the artifact is
 * benign only if nobody is suspicious and nobody left a part of it unseen; see `acquittal`.
 *
 * - `any`: malicious if anybody says so, with the highest confidence of those who do; benign only if there is no opinion to
 *   the contrary, with the lowest confidence.
 * - `unanimous`: what all that have an opinion agree on, with the lowest confidence; unknown where they do not.
 * - `weighted`: the mean of the probabilities of being malicious (a confident benign counts as a low one), each finding
 *   weighed by its backend's weight, 1 unless given; unknown at exactly one half.
 */
export function distill(
  findings: readonly BackendFinding[],
  policy: Exclude<DistillationPolicy, 'bayesian'> = 'any',
  weights: Readonly<Record<string, number>> = {},
): Finding {
  const answer = opinionOf(findings, policy, weights)
  return acquittal(
    answer,
    findings.map(({ finding }) => finding),
  )
}

function opinionOf(
  findings: readonly BackendFinding[],
  policy: Exclude<DistillationPolicy, 'bayesian'>,
  weights: Readonly<Record<string, number>>,
): Finding {
  const opinions = findings.filter(({ finding }) => finding.outcome === 'malicious' || finding.outcome === 'benign')
  if (opinions.length === 0) return withoutOpinion(findings)
  const convicting = opinions.filter(({ finding }) => finding.outcome === 'malicious').map(({ finding }) => finding)
  const acquitting = opinions.filter(({ finding }) => finding.outcome === 'benign').map(({ finding }) => finding)
  switch (policy) {
    case 'any': {
      if (convicting.length > 0) return verdict('malicious', Math.max(...convicting.map(byConfidence)), convicting)
      return verdict('benign', Math.min(...acquitting.map(byConfidence)), acquitting)
    }
    case 'unanimous': {
      if (convicting.length > 0 && acquitting.length > 0) return unknown({ reason: 'the backends disagree' })
      const all = convicting.length > 0 ? convicting : acquitting
      return verdict(convicting.length > 0 ? 'malicious' : 'benign', Math.min(...all.map(byConfidence)), all)
    }
    case 'weighted': {
      const probability = weightedProbability(opinions, weights)
      if (probability === undefined || probability === 0.5)
        return unknown({ reason: 'the backends balance each other' })
      if (probability > 0.5) return verdict('malicious', probability, convicting)
      return verdict('benign', 1 - probability, acquitting)
    }
  }
}

function weightedProbability(
  opinions: readonly BackendFinding[],
  weights: Readonly<Record<string, number>>,
): number | undefined {
  let sum = 0
  let total = 0
  for (const { backend, finding } of opinions) {
    const weight = Math.max(0, weights[backend] ?? 1)
    // Confidence 0 is no better than a coin, and 1 is certainty, whichever way the finding goes.
    const sure = 0.5 + finding.confidence / 2
    sum += weight * (finding.outcome === 'malicious' ? sure : 1 - sure)
    total += weight
  }
  return total === 0 ? undefined : sum / total
}

function verdict(outcome: 'malicious' | 'benign', confidence: number, supporters: readonly Finding[]): Finding {
  const named = supporters.find(({ family }) => family !== undefined && family !== '')
  const described = supporters.filter(({ metadata }) => metadata !== undefined)
  return {
    outcome,
    confidence,
    ...(named?.family !== undefined && { family: named.family }),
    ...(described.length > 0 && {
      metadata: Object.assign({}, ...described.map(({ metadata }) => metadata).reverse()),
    }),
  }
}

function withoutOpinion(findings: readonly BackendFinding[]): Finding {
  const suspect = findings.find(({ finding }) => finding.outcome === 'suspicious')
  if (suspect) return suspect.finding
  const clueless = findings.find(({ finding }) => finding.outcome === 'unknown')
  if (clueless) return clueless.finding
  return abstain(findings.map(({ finding }) => finding.reason ?? 'no reason given').join('; ') || 'there is no backend')
}

function byConfidence({ confidence }: Finding): number {
  return confidence
}
