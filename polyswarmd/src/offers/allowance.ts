/** How many of something may come at once, and how many a second afterwards. */
export interface AllowanceLimits {
  burst: number
  perSecond: number
}

/** An allowance that fills up evenly. */
export class Allowance {
  readonly #limits: AllowanceLimits
  readonly #now: () => number
  #left: number
  #at: number

  /** @param now milliseconds from a clock that only goes forward. */
  constructor(limits: AllowanceLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
    this.#left = limits.burst
    this.#at = now()
  }

  /** Whether one more may come now. */
  take(): boolean {
    const now = this.#now()
    const { burst, perSecond } = this.#limits
    this.#left = Math.min(burst, this.#left + ((now - this.#at) / 1_000) * perSecond)
    this.#at = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
