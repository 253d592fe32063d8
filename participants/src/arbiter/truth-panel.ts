import { isFailure } from '../analysis/backend-runner.js'
import { acquittal } from '../distillation/acquittal.js'
import type { BackendFinding } from '../findings/backend-finding.js'
import type { TruthAnswer } from './truth-source.js'

/** How a panel of analysis backends comes to a verdict. */
export interface PanelRules {
  /** Backends whose word counts alone, where they have an opinion and agree with each other. */
  trusted: readonly string[]
  /** By backend; 1 where nothing is said. */
  weights: Readonly<Record<string, number>>
  /** Share of all weights that must have an opinion, from 0 to 1. */
  quorum: number
  /** Share of the weights with an opinion that must be exceeded, at least a half. */
  majority: number
}

/** What a panel says, with whether some of it failed, so that asking again can help. */
export interface PanelAnswer extends TruthAnswer {
  failed: boolean
}

/**
 * Makes one truth of what the backends of a panel found. Only `malicious` and `benign` are opinions. Trusted backends that
 * agree decide; where they contradict each other nothing is known. Otherwise so many must have an opinion, by weight, and
 * more than the majority of them the same. Nothing is benign that somebody finds suspicious, or did not see all of.
 */
export function panelTruth(findings: readonly BackendFinding[], rules: PanelRules): PanelAnswer {
  const failed = findings.some(({ finding }) => isFailure(finding))
  const said = findings.map(({ backend, finding }) => `${backend}: ${finding.outcome}`).join(', ')
  const { verdict, why } = opinionOf(findings, rules)
  if (verdict === undefined) return { verdict, reason: `${why} (${said})`, failed }
  const all = findings.map(({ finding }) => finding)
  const allowed = acquittal({ outcome: verdict, confidence: 1 }, all)
  if (allowed.outcome === verdict) return { verdict, reason: `${why} (${said})`, failed }
  return { verdict: undefined, reason: `${allowed.reason ?? allowed.outcome} (${said})`, failed }
}

function opinionOf(
  findings: readonly BackendFinding[],
  { trusted, weights, quorum, majority }: PanelRules,
): { verdict: 'malicious' | 'benign' | undefined; why: string } {
  const weightOf = (backend: string): number => (Object.hasOwn(weights, backend) ? (weights[backend] ?? 1) : 1)
  const opinions = findings.flatMap(({ backend, finding: { outcome } }) =>
    outcome === 'malicious' || outcome === 'benign' ? [{ backend, outcome, weight: weightOf(backend) }] : [],
  )
  const heeded = opinions.filter(({ backend }) => trusted.includes(backend))
  const [first] = heeded
  if (first) {
    if (heeded.every(({ outcome }) => outcome === first.outcome)) return { verdict: first.outcome, why: 'trusted' }
    return { verdict: undefined, why: 'the trusted backends contradict each other' }
  }
  const sum = (list: readonly { weight: number }[]): number => list.reduce((all, { weight }) => all + weight, 0)
  const total = sum(findings.map(({ backend }) => ({ weight: weightOf(backend) })))
  const given = sum(opinions)
  if (given === 0 || given < quorum * total) {
    return { verdict: undefined, why: `opinions weigh ${given} of ${total}, and ${quorum * total} are needed` }
  }
  const convicting = sum(opinions.filter(({ outcome }) => outcome === 'malicious'))
  if (convicting > majority * given) return { verdict: 'malicious', why: `${convicting} of ${given}` }
  if (given - convicting > majority * given) return { verdict: 'benign', why: `${given - convicting} of ${given}` }
  return { verdict: undefined, why: `no majority: ${convicting} of ${given} say malicious` }
}
