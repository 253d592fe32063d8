/** Lets so many in at a time, the others in the order in which they came. */
export class Semaphore {
  readonly #capacity: number
  readonly #waiting: (() => void)[] = []
  #inside = 0

  constructor(capacity: number) {
    this.#capacity = Math.max(1, capacity)
  }

  /**
   * Waits for a place.
   *
   * @returns what gives the place back; called again, it does nothing.
   * @throws the signal's reason where it fires before.
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#inside >= this.#capacity) await this.#turn(signal)
    else this.#inside++
    let inside = true
    return () => {
      if (!inside) return
      inside = false
      const next = this.#waiting.shift()
      if (next) next()
      else this.#inside--
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onAbort = (): void => {
      const place = this.#waiting.indexOf(resolve)
      if (place >= 0) this.#waiting.splice(place, 1)
      reject(signal.reason)
    }
    this.#waiting.push(resolve)
    signal.addEventListener('abort', onAbort, { once: true })
    await promise.finally(() => signal.removeEventListener('abort', onAbort))
  }
}
