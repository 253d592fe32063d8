import { type Accuracy, casesOf } from './accuracy.js'
import { type Beta, logOddsOf, logShare } from './beta.js'
import type { Judgement } from './judgement.js'
import type { TrackRecord } from './track-record.js'

/** How much one answer moved the score. */
export interface Contribution {
  judge: string
  verdict: Judgement['verdict']
  /** Change of the log-odds of malicious; negative towards benign. */
  moved: number
  /** What it would have been if the judge stood alone. */
  alone: number
  accuracy: Accuracy
  /** Judges heard before it that it goes together with. */
  goesWith: readonly string[]
}

/** The log-odds that an artifact is malicious, how uncertain they are, and what they rest on. */
export interface Posterior {
  logOdds: number
  variance: number
  prior: Beta
  /** In the order in which they were heard. */
  contributions: Contribution[]
}

/** How much judges without a record are taken to go together: as many as there may be, they are worth three or four. */
const KINSHIP = 0.3
/** Cases from which on a judge is no longer much of a stranger. */
const STRANGE = 8

/** What is worked with for each answer. */
interface Heard {
  judgement: Judgement
  accuracy: Accuracy
  /** Probability of its answer if the artifact is benign, and if it is malicious. */
  likelihood: [number, number]
  /** 0 to 1: how little is known of the judge. */
  strangeness: number
}

/**
 * Bayes' rule over all answers. Those who go together are taken as sharing a hidden answer, so that a group says one thing
 * once; see {@link TrackRecord.companions}. Strangers are taken to be related to each other: an account costs next to nothing.
 */
export function combine(judgements: readonly Judgement[], record: TrackRecord, fileType: string): Posterior {
  const prior = record.baseOf(fileType)
  const heard = new Map<string, Heard>()
  for (const judgement of judgements) {
    if (!heard.has(judgement.judge)) heard.set(judgement.judge, hear(judgement, record, fileType))
  }
  const contributions: Contribution[] = []
  const inGroup = new Set<string>()
  for (const { members, copying } of record.companions()) {
    const present = members.flatMap((judge, place) => {
      const one = heard.get(judge)
      return one ? [{ one, copying: [copying[0][place] ?? 0, copying[1][place] ?? 0] as [number, number] }] : []
    })
    if (present.length < 2) continue
    for (const { one } of present) inGroup.add(one.judgement.judge)
    contributions.push(...asGroup(present))
  }
  for (const one of heard.values()) {
    if (inGroup.has(one.judgement.judge)) continue
    const alone = confidenceOf(one) * logRatio(one.likelihood)
    contributions.push(contributionOf(one, alone, alone, []))
  }
  let { mean: logOdds, variance } = logOddsOf(prior)
  logOdds = Math.log(prior.for / prior.against)
  const crowd = crowds([...heard.values()])
  for (const contribution of contributions) {
    const one = heard.get(contribution.judge) as Heard
    const kept =
      1 - one.strangeness * (1 - 1 / (1 + Math.max(0, crowd[contribution.verdict] - one.strangeness) * KINSHIP))
    const share = contribution.alone === 0 ? 0 : Math.min(1, Math.abs(contribution.moved / contribution.alone))
    contribution.moved *= kept
    logOdds += contribution.moved
    // What strangers may have in common does not even out.
    variance += confidenceOf(one) ** 2 * varianceOf(contribution.accuracy, contribution.verdict) * share ** 2 * kept
  }
  return { logOdds, variance, prior, contributions }
}

function hear(judgement: Judgement, record: TrackRecord, fileType: string): Heard {
  const accuracy = record.accuracyOf(judgement.judge, fileType)
  const [hit, acquittal] = [meanOf(accuracy.sensitivity), meanOf(accuracy.specificity)]
  return {
    judgement,
    accuracy,
    likelihood: judgement.verdict === 'malicious' ? [1 - acquittal, hit] : [acquittal, 1 - hit],
    strangeness: STRANGE / (STRANGE + casesOf(accuracy.record)),
  }
}

/** The chain rule over the members of a group: what each one adds to those before it. */
function asGroup(present: readonly { one: Heard; copying: [number, number] }[]): Contribution[] {
  const order = present.toSorted((a, b) => b.copying[0] + b.copying[1] - a.copying[0] - a.copying[1])
  // By truth: with what probability the hidden answer is malicious, and all answers so far are what they are.
  const hidden = ([0, 1] as const).map((truth) => {
    const weights = order.map(({ copying }) => copying[truth] ** 2)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const mean = order.reduce((sum, { one }, place) => sum + (weights[place] ?? 0) * saysMalicious(one, truth), 0)
    const malicious = total === 0 ? 0.5 : mean / total
    return { malicious, so: { malicious, benign: 1 - malicious } }
  })
  let before = 0
  return order.map(({ one, copying }, place) => {
    const { verdict } = one.judgement
    const totals = ([0, 1] as const).map((truth) => {
      const state = hidden[truth] as (typeof hidden)[number]
      const copies = copying[truth]
      const own = bounded((saysMalicious(one, truth) - copies * state.malicious) / (1 - copies))
      const ofOwn = verdict === 'malicious' ? own : 1 - own
      state.so.malicious *= copies * (verdict === 'malicious' ? 1 : 0) + (1 - copies) * ofOwn
      state.so.benign *= copies * (verdict === 'benign' ? 1 : 0) + (1 - copies) * ofOwn
      return state.so.malicious + state.so.benign
    })
    const after = logRatio([totals[0] ?? 1, totals[1] ?? 1])
    const confidence = confidenceOf(one)
    const moved = confidence * (after - before)
    before = after
    const goesWith = order.slice(0, place).map((earlier) => earlier.one.judgement.judge)
    return contributionOf(one, moved, confidence * logRatio(one.likelihood), goesWith)
  })
}

function contributionOf(
  { judgement: { judge, verdict }, accuracy }: Heard,
  moved: number,
  alone: number,
  goesWith: readonly string[],
): Contribution {
  return { judge, verdict, moved, alone, accuracy, goesWith }
}

/** How many strangers there are on each side. */
function crowds(heard: readonly Heard[]): Record<Judgement['verdict'], number> {
  const crowd = { malicious: 0, benign: 0 }
  for (const { judgement, strangeness } of heard) crowd[judgement.verdict] += strangeness
  return crowd
}

function varianceOf({ sensitivity, specificity }: Accuracy, verdict: Judgement['verdict']): number {
  const flipped = ({ for: a, against: b }: Beta): Beta => ({ for: b, against: a })
  const [hit, alarm] =
    verdict === 'malicious' ? [sensitivity, flipped(specificity)] : [flipped(sensitivity), specificity]
  return logShare(hit).variance + logShare(alarm).variance
}

function saysMalicious({ judgement, likelihood }: Heard, truth: 0 | 1): number {
  return judgement.verdict === 'malicious' ? likelihood[truth] : 1 - likelihood[truth]
}

function logRatio([ifBenign, ifMalicious]: readonly [number, number]): number {
  return Math.log(ifMalicious / ifBenign)
}

function meanOf({ for: a, against: b }: Beta): number {
  return a / (a + b)
}

function bounded(share: number): number {
  return Math.min(0.999, Math.max(0.001, share))
}

function confidenceOf({ judgement: { confidence = 1 } }: Heard): number {
  return Math.min(1, Math.max(0, confidence))
}
