import { reliabilityOf } from './likeness.js'

/**
 * What the members of a group have in common on artifacts of one truth: one of two hidden answers, and how each changes the
 * log-odds that a member says malicious.
 */
export interface HiddenAnswer {
  /** Probability of the hidden answer that is nearer to malicious. */
  malicious: number
  /** By hidden answer, the one nearer to benign first: the change for each member. */
  shifts: [number[], number[]]
}

/** An artifact whose truth is known. */
export interface SettledCase {
  malicious: boolean
  /** By place in the list of judges: whether it said malicious; undefined where it did not answer. */
  answers: readonly (boolean | undefined)[]
}

/** Cases of what members usually say that they begin with together, under each hidden answer. */
const DOUBT = 2
/** Cases that what all members say under a hidden answer is assumed to count for, beside what one does; it is learned. */
const ALIKE = 12
/** Nobody is taken to copy always. */
const MOST = 0.98
const ROUNDS = 20

/**
 * Learns a hidden answer from cases, as a mixture of two kinds of them (by expectation maximization).
 *
 * @param members places of the group in the answers of a case.
 * @param says with what probability each of them says malicious on the whole.
 */
export function fitHiddenAnswer(
  members: readonly number[],
  says: readonly number[],
  cases: readonly SettledCase[],
): HiddenAnswer {
  const rows = cases.map(({ answers }) => members.map((member) => answers[member]))
  let weights = rows.map((row) => {
    const given = row.filter((answer) => answer !== undefined)
    return given.filter(Boolean).length / Math.max(1, given.length)
  })
  let share = 0.5
  let chances: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    share = (sum(weights) + 1) / (rows.length + 2)
    chances = [
      chancesOf(
        rows,
        weights.map((weight) => 1 - weight),
        says,
      ),
      chancesOf(rows, weights, says),
    ]
    weights = rows.map((row) => {
      const [benign, malicious] = [(1 - share) * chanceOf(row, chances[0]), share * chanceOf(row, chances[1])]
      return malicious / (malicious + benign)
    })
  }
  return { malicious: share, shifts: [shiftsOf(chances[0], says), shiftsOf(chances[1], says)] }
}

/**
 * Guesses a hidden answer from how pairs correlate: each member gives it with a probability of its own, and its own answer
 * otherwise.
 */
export function hiddenAnswerOf(
  members: readonly number[],
  says: readonly number[],
  correlation: (a: number, b: number) => number,
): HiddenAnswer {
  const copying = copyingOf(members, correlation)
  const total = sum(copying.map((share) => share ** 2))
  const malicious = bounded(
    total === 0 ? 0.5 : sum(copying.map((share, place) => share ** 2 * (says[place] ?? 0.5))) / total,
  )
  const own = copying.map((share, place) => bounded(((says[place] ?? 0.5) - share * malicious) / (1 - share)))
  const given = (hidden: 0 | 1): number[] =>
    copying.map((share, place) => share * hidden + (1 - share) * (own[place] ?? 0.5))
  return { malicious, shifts: [shiftsOf(given(0), says), shiftsOf(given(1), says)] }
}

/** The shares c whose products come closest to the correlations: one common factor, by least squares. */
function copyingOf(members: readonly number[], correlation: (a: number, b: number) => number): number[] {
  const between = members.map((a) => members.map((b) => (a === b ? 0 : Math.max(0, correlation(a, b)))))
  const mean = sum(between.flat()) / (members.length * (members.length - 1))
  let shares = members.map(() => Math.sqrt(mean))
  for (let round = 0; round < ROUNDS; round++) {
    shares = shares.map((share, a) => {
      const above = sum(shares.map((other, b) => (a === b ? 0 : other * (between[a]?.[b] ?? 0))))
      const below = sum(shares.map((other, b) => (a === b ? 0 : other ** 2)))
      // Half a step, so that a pair does not swing to and fro.
      return below === 0 ? 0 : Math.min(MOST, (share + above / below) / 2)
    })
  }
  return shares
}

/**
 * With what probability each member says malicious. One hidden answer may be seldom, and a member has few cases of it: these lean
 * on those of all members, by as much as the members are alike.
 */
function chancesOf(
  rows: readonly (boolean | undefined)[][],
  weights: readonly number[],
  says: readonly number[],
): number[] {
  const counts = says.map((_, place) => {
    const count = { for: 0, against: 0 }
    for (const [at, row] of rows.entries()) {
      const answer = row[place]
      if (answer !== undefined) count[answer ? 'for' : 'against'] += weights[at] ?? 0
    }
    return count
  })
  const malicious = sum(counts.map((count) => count.for))
  const benign = sum(counts.map((count) => count.against))
  const expected = (malicious + (DOUBT * sum(says)) / says.length) / (malicious + benign + DOUBT)
  const alike = reliabilityOf(
    counts.map((seen) => ({ expected, seen })),
    ALIKE,
  )
  return counts.map((count) => bounded((count.for + alike * expected) / (count.for + count.against + alike)))
}

function chanceOf(row: readonly (boolean | undefined)[], chances: readonly number[]): number {
  return chances.reduce((product, chance, place) => {
    const answer = row[place]
    return answer === undefined ? product : product * (answer ? chance : 1 - chance)
  }, 1)
}

function shiftsOf(chances: readonly number[], says: readonly number[]): number[] {
  return chances.map((chance, place) => logOdds(bounded(chance)) - logOdds(bounded(says[place] ?? 0.5)))
}

function logOdds(share: number): number {
  return Math.log(share / (1 - share))
}

function bounded(share: number): number {
  return Math.min(0.999, Math.max(0.001, share))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
