/** How a webhook stands, as in the original: bounties go to it once a ping has shown that it is there. */
export type WebhookState = 'pending' | 'verified' | 'failing' | 'paused'

/** Failures in a row after which a webhook counts as failing, and after which it gets no more. */
const FAILING = 3
const PAUSED = 10
/** Milliseconds after which one that gets no more is pinged again. */
const PAUSE = 60_000

/** Keeps the state of one webhook by what became of its deliveries. */
export class WebhookHealth {
  readonly #now: () => number
  #isVerified = false
  #failures = 0
  #pingedAt = Number.NEGATIVE_INFINITY

  /** @param now milliseconds since some fixed point. */
  constructor(now: () => number) {
    this.#now = now
  }

  get state(): WebhookState {
    if (this.#failures >= PAUSED) return 'paused'
    if (!this.#isVerified) return 'pending'
    return this.#failures >= FAILING ? 'failing' : 'verified'
  }

  /** Whether it is to be pinged before it gets anything: it was not yet, or is paused for long enough. */
  get isPingDue(): boolean {
    const { state } = this
    return (state === 'pending' || state === 'paused') && this.#now() - this.#pingedAt >= PAUSE
  }

  /** Whether it gets bounties. */
  get isOpen(): boolean {
    return this.state === 'verified' || this.state === 'failing'
  }

  /** What became of a ping. */
  pinged(isAnswered: boolean): void {
    this.#pingedAt = this.#now()
    if (!isAnswered) return
    this.#isVerified = true
    this.#failures = 0
  }

  /** It has answered. */
  answered(): void {
    this.#failures = 0
  }

  /** It could not be reached, refused, or was silent until the end. */
  failed(): void {
    this.#failures++
    if (this.#failures === PAUSED) this.#pingedAt = this.#now()
  }
}
