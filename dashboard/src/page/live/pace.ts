/** Blocks by which the pace of a chain is measured. */
const WINDOW = 30

/** How fast blocks come, as this page has seen it: what turns blocks into seconds. */
export class Pace {
  readonly #seen: { number: number; at: number }[] = []

  /** A block has come. @param at milliseconds of any clock that only goes forward. */
  add(number: number, at: number): void {
    const last = this.#seen.at(-1)
    if (last && number <= last.number) return
    this.#seen.push({ number, at })
    if (this.#seen.length > WINDOW) this.#seen.shift()
  }

  /** Blocks that were missed say nothing of the pace. */
  reset(): void {
    this.#seen.length = 0
  }

  /** Seconds between two blocks; null until it is known. */
  get secondsPerBlock(): number | null {
    const [first] = this.#seen
    const last = this.#seen.at(-1)
    if (!first || !last || last.number - first.number < 3) return null
    return (last.at - first.at) / 1000 / (last.number - first.number)
  }
}
