/**
 * Something that polyswarmd is asked for at most once a block, however many bounties want to know it: what can only change
 * with a block need not be asked for again before the next one.
 */
export class FreshValue<T> {
  readonly #ask: (block: number) => Promise<T>
  #block = 0
  #value: Promise<T> | undefined

  /** @param ask gets the block that the value is asked for at. */
  constructor(ask: (block: number) => Promise<T>) {
    this.#ask = ask
  }

  /**
   * The value as it is when `block` is the newest block, or later.
   *
   * @throws what asking throws; the next call asks again.
   */
  at(block: number): Promise<T> {
    if (this.#value && block <= this.#block) return this.#value
    const value = this.#ask(block)
    this.#value = value
    this.#block = block
    value.catch(() => {
      if (this.#value === value) this.drop()
    })
    return value
  }

  /** The next call asks again. */
  drop(): void {
    this.#value = undefined
  }
}
