import { OverloadedError } from '../errors.js'

/** How long to wait before asking again where the queue is full, in seconds. */
const PAUSE = 1

/** Lets so much work go on at the same time, and so much wait for its turn. */
export class Places {
  readonly #places: number
  readonly #queue: number
  readonly #waiting: (() => void)[] = []
  #taken = 0

  /**
   * @param places work that goes on at the same time.
   * @param queue work that waits; what comes then is refused.
   */
  constructor(places: number, queue = Number.POSITIVE_INFINITY) {
    this.#places = places
    this.#queue = queue
  }

  /** Does some work when there is a place for it. @throws OverloadedError where the queue is full. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken < this.#places) this.#taken++
    else if (this.#waiting.length >= this.#queue) throw new OverloadedError({ retryAfter: PAUSE })
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      // A place is handed on: whoever comes in the same turn must not get it.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#taken--
    }
  }
}
