/** Blocks that come within so many milliseconds are heard of together: their own times are not known. */
const TOGETHER_MS = 50
const REMEMBERED = 16

/** When blocks come, as far as that can be told from when they came. */
export class BlockClock {
  readonly #beats: { head: number; at: number }[] = []

  /** A block has come, `now` in milliseconds since some fixed point. */
  beat(head: number, now: number): void {
    const last = this.#beats.at(-1)
    if (head === last?.head) return
    if (last && head < last.head) this.#beats.length = 0
    else if (last && now < last.at + TOGETHER_MS && this.#beats.length > 1) {
      last.head = head
      return
    }
    this.#beats.push({ head, at: now })
    if (this.#beats.length > REMEMBERED) this.#beats.shift()
  }

  /** Milliseconds between two blocks; undefined before there are two. */
  get interval(): number | undefined {
    const [first] = this.#beats
    const last = this.#beats.at(-1)
    if (!first || !last || last.head === first.head) return undefined
    return (last.at - first.at) / (last.head - first.head)
  }

  /** When a block comes, not before `now`; Infinity while that cannot be told. */
  timeOf(block: number, now: number): number {
    const last = this.#beats.at(-1)
    const { interval } = this
    if (!last || interval === undefined) return Number.POSITIVE_INFINITY
    if (block <= last.head) return now
    // One that is overdue may come at any moment; those after it still take their time.
    return Math.max(last.at + interval, now) + (block - last.head - 1) * interval
  }
}
