/** Milliseconds within which two signals are one key press: npm passes on what the terminal has sent to both. */
const ONE_PRESS = 400

/** Ctrl-C: pressed once, the market is stopped in order; pressed again, it is stopped at once. */
export class Interruption {
  readonly #stopping = new AbortController()
  readonly #force = new AbortController()
  #first: number | undefined

  /** Fires when the market is to stop. */
  get stopping(): AbortSignal {
    return this.#stopping.signal
  }

  /** Fires when nothing is to be waited for any more. */
  get force(): AbortSignal {
    return this.#force.signal
  }

  /** Whether a person has asked for it, and not the market itself. */
  get isAsked(): boolean {
    return this.#first !== undefined
  }

  /** Ends the market for a reason of its own. */
  stop(): void {
    this.#stopping.abort()
  }

  /** A signal has come. @param at milliseconds of a clock that only goes forward. */
  hear(at: number): void {
    if (this.#first !== undefined && at - this.#first >= ONE_PRESS) this.#force.abort()
    this.#first ??= at
    this.#stopping.abort()
  }
}
