/** Callers that are remembered; of more, those that asked longest ago begin anew. */
const REMEMBERED = 100_000

/** How many requests each caller has left: so many a minute, filling up evenly, and never more than that. */
export class RequestRate {
  readonly #now: () => number
  readonly #callers = new Map<string, { left: number; at: number }>()

  /** @param now a clock in milliseconds that never goes back. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Takes one request. @returns 0, or for how many whole seconds the caller has none left. */
  take(caller: string, perMinute: number): number {
    const now = this.#now()
    const known = this.#callers.get(caller)
    const left = known ? Math.min(perMinute, known.left + ((now - known.at) / 60_000) * perMinute) : perMinute
    this.#callers.delete(caller)
    this.#callers.set(caller, { left: left >= 1 ? left - 1 : left, at: now })
    if (this.#callers.size > REMEMBERED) this.#callers.delete(this.#callers.keys().next().value ?? '')
    return left >= 1 ? 0 : Math.max(Math.ceil(((1 - left) / perMinute) * 60), 1)
  }
}
