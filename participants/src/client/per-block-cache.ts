/**
 * Keeps what polyswarmd was asked for until the next block: what only changes with a block is asked for once a block; or for
 * longer, where it is known to hold for longer.
 */
export class PerBlockCache<T> {
  readonly #ask: (block: number) => Promise<T>
  readonly #holds: (from: number, to: number) => boolean
  #block = 0
  #value: Promise<T> | undefined

  /**
   * @param ask gets the block that the value is asked for at.
   * @param holds whether a value that was asked for at block `from` is as good at block `to`; it is not by default.
   */
  constructor(ask: (block: number) => Promise<T>, holds: (from: number, to: number) => boolean = () => false) {
    this.#ask = ask
    this.#holds = holds
  }

  /**
   * A value that is good when `block` is the newest block.
   *
   * @throws what asking throws; the next call asks again.
   */
  at(block: number): Promise<T> {
    return this.#value && this.#holds(this.#block, block) ? this.#value : this.fresh(block)
  }

  /** The value as it is when `block` is the newest block, or later. @throws what {@link at} throws. */
  fresh(block: number): Promise<T> {
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
