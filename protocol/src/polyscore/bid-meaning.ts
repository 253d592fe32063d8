import { logistic } from './beta.js'

/** How often a judge was right and wrong with small bids and with large ones, on artifacts of one truth. */
export type SizedRecord = readonly [small: RightAndWrong, large: RightAndWrong]

interface RightAndWrong {
  right: number
  wrong: number
}

/** What bids mean to all judges, on artifacts of one truth. */
export interface BidMeaning {
  /** Change of the log-odds of being right with a small bid, and with a large one. */
  shifts: [small: number, large: number]
  /** With what probability they mean so many {@link STEPS} of that to one of them. */
  weights: readonly number[]
}

/** Parts of what bids mean to all that they may mean to one: from nothing to twice as much. */
const STEPS = [0, 0.5, 1, 1.5, 2]
/** Cases of errors as usual that the shifts begin with. */
const DOUBT = 5
/** Judges to whom bids mean any of the steps, that the weights begin with. */
const JUDGES = 2
const ROUNDS = 8

/**
 * Learns what bids mean from all judges: by how much errors are more, or fewer, than usual. Whose bids mean nothing, such as
 * those of a copy, which does not decide what it says, has no part in that.
 */
export function learnBidMeaning(records: readonly SizedRecord[]): BidMeaning {
  let parts = records.map(() => 1)
  let weights: readonly number[] = STEPS.map(() => 1 / STEPS.length)
  let shifts = shiftsOf(records, parts)
  for (let round = 0; round < ROUNDS; round++) {
    const found = records.map((record) => stepsOf({ shifts, weights }, record))
    parts = found.map(meanStep)
    weights = STEPS.map((_, at) => {
      const sum = found.reduce((total, steps) => total + (steps[at] ?? 0), JUDGES / STEPS.length)
      return sum / (records.length + JUDGES)
    })
    shifts = shiftsOf(records, parts)
  }
  return { shifts, weights }
}

/** @param parts how much each record has to say. */
function shiftsOf(records: readonly SizedRecord[], parts: readonly number[]): BidMeaning['shifts'] {
  const shift = (size: 0 | 1): number => {
    let [errors, expected] = [DOUBT, DOUBT]
    for (const [index, record] of records.entries()) {
      const { right, wrong } = record[size]
      const part = parts[index] ?? 0
      errors += part * wrong
      expected += part * (right + wrong) * (1 - usualShare(record))
    }
    return Math.log(expected / errors)
  }
  return [shift(0), shift(1)]
}

/** By how much a judge's bid of a size changes the log-odds of its being right, given its own record. */
export function bidShift(meaning: BidMeaning, record: SizedRecord, size: 0 | 1): number {
  return meanStep(stepsOf(meaning, record)) * meaning.shifts[size]
}

function meanStep(steps: readonly number[]): number {
  return steps.reduce((sum, weight, at) => sum + weight * (STEPS[at] ?? 0), 0)
}

/** With what probability bids mean so many steps to a judge. */
function stepsOf({ shifts, weights }: BidMeaning, record: SizedRecord): number[] {
  const usual = Math.log(usualShare(record) / (1 - usualShare(record)))
  const explained = STEPS.map((step, at) =>
    record.reduce(
      (sum, { right, wrong }, size) => {
        const share = logistic(usual + step * (shifts[size] ?? 0))
        return sum + right * Math.log(share) + wrong * Math.log(1 - share)
      },
      Math.log(weights[at] ?? 0),
    ),
  )
  const best = Math.max(...explained)
  const likely = explained.map((each) => Math.exp(each - best))
  const total = likely.reduce((sum, each) => sum + each, 0)
  return likely.map((each) => each / total)
}

/** How often it is right, whatever it bids. */
function usualShare([small, large]: SizedRecord): number {
  const right = small.right + large.right
  return (right + 1) / (right + small.wrong + large.wrong + 2)
}
