import { logistic } from './beta.js'
import { reasonsOf, recordText } from './explanation.js'
import type { Judgement } from './judgement.js'
import { combine } from './posterior.js'
import { TrackRecord } from './track-record.js'

/** How much one engine moved a score, and on what record. */
export interface EngineContribution {
  /** The judge as it was given. */
  judge: string
  verdict: Judgement['verdict']
  /** Change of the log-odds of malicious; negative towards benign. All of them and the prior make the probability. */
  moved: number
  /** Its record in words. */
  record: string
  /** Others that it goes together with and that were heard before it: it counts for less than it would alone. */
  goesWith: readonly string[]
}

/** One answer out of many. */
export interface PolyScore {
  /** That the artifact is malicious, 0 to 1. */
  probability: number
  /** Where the probability lies with 95 percent certainty, given how little is known of those who judge. */
  interval: [low: number, high: number]
  /** One for each judge, the largest first. */
  contributions: EngineContribution[]
  /** Sentences that say why, the weightiest first. */
  reasons: string[]
}

/** What a score is made with. */
export interface PolyScoreOptions {
  /** What is known of those who judge; nothing by default. */
  record?: TrackRecord
  /** Kind of file, as the record names it. */
  fileType?: string
  /** How judges are called in sentences; as they are given, by default. */
  nameOf?: (judge: string) => string
}

/** Standard deviations to each side that hold 95 percent. */
const SIGMAS = 1.96

/**
 * The probability that an artifact is malicious, from what has been revealed about it, and why.
 *
 * @param judgements answers of engines, in any order; of two by the same one the first counts. Without any there is no score.
 * @returns null where nobody has answered.
 * @example
 * ```ts
 * import { polyScore } from '@polyswarm/protocol/polyscore'
 * const score = polyScore([{ judge: '0xa1', verdict: 'malicious' }])
 * score?.probability.toFixed(2) // => '0.80'
 * polyScore([]) // => null
 * ```
 */
export function polyScore(judgements: readonly Judgement[], options: PolyScoreOptions = {}): PolyScore | null {
  if (judgements.length === 0) return null
  const { record = new TrackRecord(), fileType = '', nameOf = (judge) => judge } = options
  const { logOdds, variance, prior, contributions } = combine(judgements, record, fileType)
  const spread = SIGMAS * Math.sqrt(variance)
  const ordered = contributions.sort((a, b) => Math.abs(b.moved) - Math.abs(a.moved))
  return {
    probability: logistic(logOdds),
    interval: [logistic(logOdds - spread), logistic(logOdds + spread)],
    contributions: ordered.map(({ judge, verdict, moved, accuracy, goesWith }) => ({
      judge,
      verdict,
      moved,
      record: recordText(accuracy),
      goesWith,
    })),
    reasons: reasonsOf({ prior, contributions: ordered, nameOf }),
  }
}
