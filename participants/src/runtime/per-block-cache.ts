/** Keeps what polyswarmd was asked for until the next block: what only changes with a block is asked for once a block. */
export class PerBlockCache<T> {
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
    return this.#value && block <= this.#block ? this.#value : this.keep(block, this.#ask(block))
  }

  /** Keeps a value that was asked for in another way. */
  keep(block: number, value: Promise<T>): Promise<T> {
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
