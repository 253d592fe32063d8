import { added, atMost, type Beta, logBeta } from './beta.js'

/** Right and wrong answers of one judge, as parts of what it answered, such as one part for each kind of file. */
export interface DividedRecord {
  /** What was known of the judge's share before any of it. */
  before: Beta
  parts: readonly Beta[]
}

/** Cases that the whole may count for beside a part of it: from "each part is its own" to "all parts are alike". */
const CANDIDATES = [6, 12, 30, 100, 300, 1000]

/**
 * How alike the parts of records are: how many cases the rest of a judge's record counts for beside one part of it. It is the
 * mean of what is possible, weighed by how well it explains the records (each part beta-binomial around the whole), so that
 * with few cases it stays at what is assumed.
 *
 * @param assumed cases that are taken before anything is known, one of 6 to 1,000.
 */
export function likenessOf(records: readonly DividedRecord[], assumed: number): number {
  return weighed(CANDIDATES, assumed, (cases) => records.reduce((sum, record) => sum + explainedBy(record, cases), 0))
}

/** Right and wrong answers, and the share of right ones that was expected of them. */
interface ExpectedRecord {
  expected: number
  seen: Beta
}

/** How many cases an expectation counts for beside what was seen: the same, where what is expected is known by itself. */
export function reliabilityOf(records: readonly ExpectedRecord[], assumed: number): number {
  return weighed(CANDIDATES, assumed, (cases) =>
    records.reduce((sum, { expected, seen }) => {
      const drawn = { for: expected * cases, against: (1 - expected) * cases }
      return sum + logBeta(added(drawn, seen)) - logBeta(drawn)
    }, 0),
  )
}

/**
 * The mean of the candidates on a logarithmic scale, weighed by how probable each makes what was seen, and nearer to what is
 * assumed as long as that tells little.
 *
 * @param explains the logarithm of how probable a candidate makes what was seen.
 */
export function weighed(candidates: readonly number[], assumed: number, explains: (cases: number) => number): number {
  const explained = candidates.map((cases) => explains(cases) - Math.abs(Math.log(cases / assumed)) / 2)
  const best = Math.max(...explained)
  const weights = explained.map((each) => Math.exp(each - best))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return Math.exp(candidates.reduce((sum, cases, at) => sum + ((weights[at] ?? 0) / total) * Math.log(cases), 0))
}

/** The logarithm of how probable the parts are, each after those before it, with the whole counting for so many cases. */
function explainedBy({ before, parts }: DividedRecord, cases: number): number {
  const whole = parts.reduce((sum, part) => added(sum, part), before)
  return parts.reduce((sum, part) => {
    // What a part is expected to be is told by the others.
    const others = { for: whole.for - part.for, against: whole.against - part.against }
    const drawn = atMost(others, cases)
    return sum + logBeta(added(drawn, part)) - logBeta(drawn)
  }, 0)
}
