import { type Judgement, polyScore, shareInterval, type TrackRecord } from '@polyswarm/protocol/polyscore'
import type { BackendFinding } from '../findings/backend-finding.js'
import { type Finding, unknown } from '../findings/finding.js'
import { acquittal } from './acquittal.js'
import { type DistillationPolicy, distill } from './policies.js'

/** How findings become a verdict, and what is known of those who made them. */
export interface Conclusion {
  policy: DistillationPolicy
  record: TrackRecord
  fileType: string
}

/** Closer to even odds than this is no opinion. */
const EVEN = 0.02

/**
 * The verdict distillation engine: findings in, one verdict out, with the probability that the artifact is malicious, a 95
 * percent interval for it, and who moved it by how much. The verdict itself follows from the policy; see `distill` for
 * `any`, `unanimous` and `weighted`. With `bayesian` it follows from the probability. Under none of them is benign what was
 * not all looked at; see `acquittal`.
 */
export function conclude(findings: readonly BackendFinding[], { policy, record, fileType }: Conclusion): Finding {
  const evidence = findings.flatMap(({ backend, finding }): Judgement[] => {
    const { outcome, confidence } = finding
    return outcome === 'malicious' || outcome === 'benign' ? [{ judge: backend, verdict: outcome, confidence }] : []
  })
  const said = findings.map(({ backend, finding }) => ({
    backend,
    outcome: finding.outcome,
    confidence: finding.confidence,
    ...(finding.family !== undefined && { family: finding.family }),
  }))
  if (policy !== 'bayesian') {
    const verdict = distill(findings, policy)
    if (verdict.outcome !== 'malicious' && verdict.outcome !== 'benign') return { ...verdict, opinions: said }
    const sure = 0.5 + verdict.confidence / 2
    const probability = verdict.outcome === 'malicious' ? sure : 1 - sure
    // Without a track record a probability is worth what as many cases as there are opinions would be.
    const interval = shareInterval(probability, evidence.length)
    return { ...verdict, probability, interval, opinions: said }
  }
  const score = polyScore(evidence, { record, fileType })
  if (!score) return { ...distill(findings, 'any'), opinions: said }
  const { probability, interval, contributions } = score
  const shifts = new Map(contributions.map(({ judge, moved }) => [judge, moved]))
  const opinions = said.map((opinion) => ({ ...opinion, ...shiftOf(shifts.get(opinion.backend)) }))
  const reason = `${(probability * 100).toFixed(1)} % malicious. ${score.reasons.join(' ')}`
  const numbers = { probability, interval, opinions, reason }
  const all = findings.map(({ finding }) => finding)
  if (Math.abs(probability - 0.5) < EVEN) return acquittal({ ...unknown(), ...numbers }, all)
  const outcome = probability > 0.5 ? 'malicious' : 'benign'
  const supporters = findings.filter(({ finding }) => finding.outcome === outcome)
  const described = distill(supporters, 'any')
  const verdict: Finding = { ...described, outcome, confidence: Math.abs(2 * probability - 1), ...numbers }
  const allowed = acquittal(verdict, all)
  return allowed === verdict ? verdict : { ...allowed, probability, interval, opinions }
}

function shiftOf(shift: number | undefined): { shift?: number } {
  return shift === undefined ? {} : { shift }
}
