/** The most blocks for which a quote is used again. */
const LONGEST = 8

/**
 * How the base fee goes, from block to block: for how long a quote can be used. Where it has risen, a price that was quoted
 * before may no longer be enough to be mined; where it has fallen by much, it is too much.
 */
export class FeeWatch {
  /** By block, the newest last, without gaps. */
  readonly #fees = new Map<number, bigint>()

  /** There is a new block; its base fee, in wei, is not always told. */
  hear(block: number, baseFee: bigint | undefined): void {
    if (baseFee === undefined || !this.#fees.has(block - 1)) this.#fees.clear()
    if (baseFee === undefined) return
    this.#fees.set(block, baseFee)
    this.#fees.delete(block - LONGEST - 1)
  }

  /** Blocks were taken back, or may have been. */
  forget(): void {
    this.#fees.clear()
  }

  /** Whether what was quoted when `from` was the newest block holds when `to` is. */
  holds(from: number, to: number): boolean {
    if (to - from > LONGEST) return false
    const first = this.#fees.get(from)
    const last = this.#fees.get(to)
    if (first === undefined || last === undefined || 4n * last < 3n * first) return false
    let lowest = first
    for (let block = from; block <= to; block++) {
      const fee = this.#fees.get(block) ?? 0n
      if (fee > lowest) return false
      lowest = fee
    }
    return true
  }
}
