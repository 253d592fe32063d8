/** How much of something the daemon holds at the same time, whoever it is for. */
export class Capacity {
  readonly #limit: number
  #taken = 0

  /** @param limit in the unit of what is held. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Takes room, to be given back with `release`. Returns false, and takes nothing, where there is not as much. */
  take(amount: number): boolean {
    if (this.#taken + amount > this.#limit) return false
    this.#taken += amount
    return true
  }

  /** Gives back what was taken. */
  release(amount: number): void {
    this.#taken -= amount
  }
}
