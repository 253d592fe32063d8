/** Bids that the habit of a judge is taken from: the newest, roughly. */
const REMEMBERED = 100
/** How much larger than usual a bid is that counts as a large one. */
const LARGER = Math.log(1.1)

/** What each judge usually bids. A bid says something by how it compares with the others of the same judge. */
export class BidHabits {
  readonly #habits = new Map<string, { bids: number; meanLog: number }>()

  learn(judge: string, bid: bigint | undefined): void {
    const log = logOf(bid)
    if (log === undefined) return
    const { bids, meanLog } = this.#habits.get(judge) ?? { bids: 0, meanLog: 0 }
    const number = Math.min(bids + 1, REMEMBERED)
    this.#habits.set(judge, { bids: number, meanLog: meanLog + (log - meanLog) / number })
  }

  /** Whether it is larger than what the judge usually bids. */
  isLarge(judge: string, bid: bigint | undefined): boolean {
    const log = logOf(bid)
    const habit = this.#habits.get(judge)
    return log !== undefined && habit !== undefined && log > habit.meanLog + LARGER
  }

  forget(judge: string): void {
    this.#habits.delete(judge)
  }
}

function logOf(bid: bigint | undefined): number | undefined {
  return bid === undefined || bid <= 0n ? undefined : Math.log(Number(bid))
}
