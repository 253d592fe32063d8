/** Jobs that are remembered. */
const REMEMBERED = 32
/** What an estimate shrinks to each time that it is the reason not to begin: what was slow is tried again. */
const FADE = 0.9

/** How long jobs take, by those of late. */
export class TimeEstimate {
  readonly #durations: number[] = []
  #fading = 1

  /** A job took so many milliseconds. */
  add(duration: number): void {
    this.#durations.push(duration)
    if (this.#durations.length > REMEMBERED) this.#durations.shift()
    this.#fading = 1
  }

  /** Whether a job can be finished in so many milliseconds: the median of those of late could. */
  fits(left: number): boolean {
    const sorted = this.#durations.toSorted((one, other) => one - other)
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0
    const fits = left > 0 && median * this.#fading <= left
    if (!fits) this.#fading *= FADE
    return fits
  }
}
