import { count, emptyTally, type Tally } from './accuracy.js'

/** Cases of each truth that the recent record remembers. */
export const RECENT = 30
/** Evidence (in nats) for the recent record over the whole one from which on a judge is taken to have changed. */
const CHANGED = 10
/** Cases at the start of the recent record in which the whole one speaks for it. */
const CAUTION = 6

/**
 * Notices when a judge has become better or worse than its record says: a cumulative sum (Page, 1954) of how much better its
 * recent record would have foretold its answers.
 */
export class ChangeDetector {
  readonly #judges = new Map<string, { recent: Tally; evidence: number }>()

  /**
   * Takes down an answer.
   *
   * @param expected with what probability its whole record foretold that it would be right.
   * @returns its recent record where it has changed, to be its record from here on.
   */
  notice(judge: string, isMalicious: boolean, saidMalicious: boolean, expected: number): Tally | undefined {
    const state = this.#judges.get(judge) ?? { recent: emptyTally(), evidence: 0 }
    this.#judges.set(judge, state)
    const { recent } = state
    const [right, wrong] = isMalicious
      ? ([recent.truePositive, recent.falseNegative] as const)
      : ([recent.trueNegative, recent.falsePositive] as const)
    const lately = (right + CAUTION * expected) / (right + wrong + CAUTION)
    const isRight = isMalicious === saidMalicious
    const gain = isRight ? Math.log(lately / expected) : Math.log((1 - lately) / (1 - expected))
    state.evidence = Math.max(0, state.evidence + gain)
    count(recent, isMalicious, saidMalicious, 1)
    shorten(recent, isMalicious)
    if (state.evidence < CHANGED) return undefined
    state.evidence = 0
    return { ...recent }
  }

  forget(judge: string): void {
    this.#judges.delete(judge)
  }
}

function shorten(tally: Tally, isMalicious: boolean): void {
  const [right, wrong] = isMalicious
    ? (['truePositive', 'falseNegative'] as const)
    : (['trueNegative', 'falsePositive'] as const)
  const total = tally[right] + tally[wrong]
  if (total <= RECENT) return
  tally[right] *= RECENT / total
  tally[wrong] *= RECENT / total
}
