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

  /** Milliseconds that half of those of late took at most; undefined before the first. */
  get median(): number | undefined {
    return this.#durations.toSorted((one, other) => one - other)[Math.floor(this.#durations.length / 2)]
  }

  /** Whether a job can be finished in so many milliseconds: the median of those of late could. */
  fits(left: number): boolean {
    const fits = left > 0 && (this.median ?? 0) * this.#fading <= left
    if (!fits) this.#fading *= FADE
    return fits
  }
}
