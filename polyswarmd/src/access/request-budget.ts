/** Callers that are remembered; of more, those that asked longest ago are forgotten, and begin anew. */
const REMEMBERED = 100_000

/** Sums of fractions come out a little too small. */
const ROUNDING = 1e-6

interface Bucket {
  left: number
  at: number
}

/** How many requests each caller has left: so many a minute, filling up evenly, and never more than that. */
export class RequestBudget {
  readonly #now: () => number
  readonly #buckets = new Map<string, Bucket>()

  /** @param now a clock in ms that never goes back. */
  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * Takes one request from a caller's budget.
   *
   * @returns 0, or for how many whole seconds the caller has none left.
   */
  take(caller: string, perMinute: number): number {
    const now = this.#now()
    const known = this.#buckets.get(caller)
    const left = known ? Math.min(perMinute, known.left + ((now - known.at) / 60_000) * perMinute) : perMinute
    const allowed = left >= 1 - ROUNDING
    // The caller becomes the last in the order of the map.
    this.#buckets.delete(caller)
    this.#buckets.set(caller, { left: allowed ? Math.max(0, left - 1) : left, at: now })
    if (this.#buckets.size > REMEMBERED) this.#buckets.delete(this.#buckets.keys().next().value ?? '')
    return allowed ? 0 : Math.ceil(((1 - ROUNDING - left) / perMinute) * 60)
  }
}
