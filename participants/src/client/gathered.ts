/** An item that waits, and who waits for what becomes of it. */
interface Waiting<Item, Result> {
  item: Item
  done: PromiseWithResolvers<Result>
}

/**
 * Does what many ask for together: what comes in the same turn of the event loop, and what gathers until the work before it is
 * done. Nothing waits for company.
 */
export class Gathered<Item, Result> {
  readonly #work: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>
  readonly #fitting: (items: readonly Item[]) => number
  #waiting: Waiting<Item, Result>[] | undefined

  /**
   * @param work does items together, and says of each in their order what became of it; what it throws is thrown for all.
   * @param fitting how many of the first go together; one does in any case.
   */
  constructor(
    work: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>,
    fitting: (items: readonly Item[]) => number,
  ) {
    this.#work = work
    this.#fitting = fitting
  }

  /** @throws what the work throws for this item. */
  add(item: Item): Promise<Result> {
    const done = Promise.withResolvers<Result>()
    if (this.#waiting) this.#waiting.push({ item, done })
    else {
      this.#waiting = [{ item, done }]
      void this.#run(this.#waiting)
    }
    return done.promise
  }

  async #run(waiting: Waiting<Item, Result>[]): Promise<void> {
    await new Promise(setImmediate)
    while (waiting.length > 0) {
      const count = Math.max(this.#fitting(waiting.map(({ item }) => item)), 1)
      await this.#settle(waiting.splice(0, count))
    }
    // Nothing can have come since it was looked at: there is no await between.
    this.#waiting = undefined
  }

  async #settle(together: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#work(together.map(({ item }) => item))
      for (const [index, { done }] of together.entries()) {
        const result = results[index]
        if (result?.status === 'fulfilled') done.resolve(result.value)
        else done.reject(result?.reason)
      }
    } catch (error) {
      for (const { done } of together) done.reject(error)
    }
  }
}
