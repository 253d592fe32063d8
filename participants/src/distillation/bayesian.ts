import { logOddsOf, logShare } from './beta.js'
import type { TrackRecord } from './track-record.js'

/** What one backend thinks, as far as it has an opinion. */
export interface Evidence {
  backend: string
  outcome: 'malicious' | 'benign'
  /** 0 to 1. */
  confidence: number
}

/** How much one finding moved the verdict. */
export interface Contribution {
  backend: string
  /** Change of the log-odds of malicious; negative towards benign. */
  logOdds: number
  /** Settled artifacts that the backend's accuracy rests on. */
  cases: number
}

/** The probability that an artifact is malicious, and what it rests on. */
export interface Posterior {
  probability: number
  /** Where the probability lies with 95 percent certainty, given how little is known of the backends. */
  interval: [number, number]
  /** Each finding's part, the largest first. */
  contributions: Contribution[]
}

/** Standard deviations to each side that hold 95 percent. */
const SIGMAS = 1.96

/**
 * Combines opinions by Bayes' rule: each adds to the log-odds what it is worth by the backend's sensitivity and specificity,
 * in proportion to the confidence with which it is held. The interval follows from how uncertain these are; it is wide as
 * long as few bounties were settled. Backends are taken to err independently of each other: two of the same make are not.
 */
export function bayesian(evidence: readonly Evidence[], record: TrackRecord, fileType: string): Posterior {
  const prior = logOddsOf(record.base)
  let logOdds = prior.mean
  let variance = prior.variance
  const contributions = evidence.map(({ backend, outcome, confidence }): Contribution => {
    const { sensitivity, specificity, cases } = record.accuracyOf(backend, fileType)
    const [hit, alarm] =
      outcome === 'malicious'
        ? [logShare(sensitivity), logShare({ for: specificity.against, against: specificity.for })]
        : [logShare({ for: sensitivity.against, against: sensitivity.for }), logShare(specificity)]
    const step = confidence * (hit.mean - alarm.mean)
    logOdds += step
    variance += confidence ** 2 * (hit.variance + alarm.variance)
    return { backend, logOdds: step, cases }
  })
  const spread = SIGMAS * Math.sqrt(variance)
  return {
    probability: logistic(logOdds),
    interval: [logistic(logOdds - spread), logistic(logOdds + spread)],
    contributions: contributions.sort((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds)),
  }
}

function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds))
}
