import { AsyncLocalStorage } from 'node:async_hooks'

/** Lets one transaction run at a time, and knows what is asked from within it. */
export class Transactions {
  readonly #running = new AsyncLocalStorage<{ open: boolean }>()
  #last: Promise<unknown> = Promise.resolve()

  /** Whether whoever asks is within the transaction that is open. */
  get isInside(): boolean {
    return this.#running.getStore()?.open === true
  }

  /** Runs `work` when all that were asked for before are over; at once within a transaction. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.isInside) return work()
    const running = this.#last.then(async () => {
      const transaction = { open: true }
      try {
        return await this.#running.run(transaction, work)
      } finally {
        // What goes on after the end is no part of it.
        transaction.open = false
      }
    })
    this.#last = running.catch(() => undefined)
    return running
  }
}
