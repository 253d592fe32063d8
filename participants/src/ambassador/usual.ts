/** The latest value counts so much in the average, once there were enough of them. */
const WEIGHT = 1 / 16
const ENOUGH = 16
/** The best average that there was fades so much with each block: engines come and go. */
const FADING = 1 / 512

/** What is usual now, and what was at best: how many engines answer, or how many of them reveal. */
export class Usual {
  #average = 0
  #best = 0
  #count = 0

  /** Takes in how many there were on a bounty. */
  add(value: number): void {
    this.#count++
    this.#average += (value - this.#average) * Math.max(WEIGHT, 1 / this.#count)
    if (this.#count >= ENOUGH) this.#best = Math.max(this.#best, this.#average)
  }

  /** So many blocks have passed. */
  fade(blocks: number): void {
    this.#best *= (1 - FADING) ** blocks
  }

  /** What was usual at best; 0 while that is not known. */
  get best(): number {
    return this.#best
  }

  /** What is usual now as a part of what was at best; 1 while that is not known. */
  get part(): number {
    return this.#best === 0 ? 1 : Math.min(this.#average / this.#best, 1)
  }
}
