import type { Accuracy } from './accuracy.js'
import { type Beta, logistic, logOddsOf, logShare } from './beta.js'
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
  for (const { members, hidden } of record.companions()) {
    const present = members.flatMap((judge, place): Member[] => {
      const one = heard.get(judge)
      const shifts = hidden.map(({ shifts }) => [shifts[0][place] ?? 0, shifts[1][place] ?? 0])
      return one ? [{ one, shifts }] : []
    })
    if (present.length < 2) continue
    for (const { one } of present) inGroup.add(one.judgement.judge)
    contributions.push(...asGroup(present, [hidden[0].malicious, hidden[1].malicious]))
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
  const accuracy = record.accuracyOf(judgement, fileType)
  const { sensitivity: hit, specificity: acquittal } = accuracy.likelihood
  return {
    judgement,
    accuracy,
    likelihood: judgement.verdict === 'malicious' ? [1 - acquittal, hit] : [acquittal, 1 - hit],
    strangeness: STRANGE / (STRANGE + accuracy.cases),
  }
}

/** A member of a group that has answered, with what each hidden answer changes for it, by truth. */
interface Member {
  one: Heard
  shifts: number[][]
}

/**
 * The chain rule over the members of a group: what each one adds to those before it.
 *
 * @param malicious probability of the hidden answer that is nearer to malicious, by truth.
 */
function asGroup(present: readonly Member[], malicious: readonly [number, number]): Contribution[] {
  const order = present.toSorted((a, b) => boundness(b) - boundness(a))
  // By truth and hidden answer: with what probability it is so, and all answers so far are what they are.
  const states = malicious.map((share) => [1 - share, share])
  let before = 0
  return order.map(({ one, shifts }, place) => {
    const { verdict } = one.judgement
    const [benign = 1, convicting = 1] = states.map((state, truth) => {
      const own = logOddsOfShare(saysMalicious(one, truth as 0 | 1))
      for (const hidden of [0, 1]) {
        const says = logistic(own + (shifts[truth]?.[hidden] ?? 0))
        state[hidden] = (state[hidden] ?? 0) * (verdict === 'malicious' ? says : 1 - says)
      }
      return (state[0] ?? 0) + (state[1] ?? 0)
    })
    const after = logRatio([benign, convicting])
    const confidence = confidenceOf(one)
    const moved = confidence * (after - before)
    before = after
    const goesWith = order.slice(0, place).map((earlier) => earlier.one.judgement.judge)
    return contributionOf(one, moved, confidence * logRatio(one.likelihood), goesWith)
  })
}

/** How much a member depends on what the group has in common. */
function boundness({ shifts }: Member): number {
  return shifts.flat().reduce((sum, shift) => sum + Math.abs(shift), 0)
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

function logOddsOfShare(share: number): number {
  return Math.log(share / (1 - share))
}

function confidenceOf({ judgement: { confidence = 1 } }: Heard): number {
  return Math.min(1, Math.max(0, confidence))
}
