/** How a webhook stands, as in the original: it gets something once a ping has shown that it is there. */
export type WebhookState = 'pending' | 'verified' | 'failing' | 'paused'

/** What is worth keeping of how a webhook stands; plain data. */
export interface WebhookStanding {
  /** Whether it has ever answered a ping. */
  isVerified: boolean
  /** Deliveries in a row that it did not take. */
  undelivered: number
  /** Deliveries in a row that it took and never answered, where an answer was due. */
  unanswered: number
}

/** Deliveries in a row that went wrong, after which a webhook counts as failing. */
const FAILING = 3
/** Deliveries in a row that a webhook did not take, after which it gets no more. */
const PAUSED = 10
/** Milliseconds after which one that gets nothing is pinged again. */
const PAUSE = 60_000
/** A longer row says no more. */
const LONGEST_ROW = 1_000

const UNKNOWN: WebhookStanding = { isVerified: false, undelivered: 0, unanswered: 0 }

/**
 * Keeps the state of one webhook by what became of its deliveries. Only what the webhook itself does can pause it: one
 * that takes bounties and is silent may have got artifacts that nobody can judge, and those come from strangers.
 */
export class WebhookHealth {
  readonly #now: () => number
  #standing: WebhookStanding
  #pingedAt = Number.NEGATIVE_INFINITY

  /**
   * @param now milliseconds since some fixed point.
   * @param standing how it stood when it was last used.
   */
  constructor(now: () => number, standing: WebhookStanding = UNKNOWN) {
    this.#now = now
    this.#standing = { ...standing }
  }

  get standing(): WebhookStanding {
    return { ...this.#standing }
  }

  get state(): WebhookState {
    const { isVerified, undelivered, unanswered } = this.#standing
    if (undelivered >= PAUSED) return 'paused'
    if (!isVerified) return 'pending'
    return undelivered + unanswered >= FAILING ? 'failing' : 'verified'
  }

  /** Whether it is to be pinged before it gets anything: it was not yet, or is paused for long enough. */
  get isPingDue(): boolean {
    return !this.isOpen && this.#now() - this.#pingedAt >= PAUSE
  }

  /** Whether it gets anything. */
  get isOpen(): boolean {
    return this.state === 'verified' || this.state === 'failing'
  }

  /** What became of a ping. */
  pinged(isAnswered: boolean): void {
    this.#pingedAt = this.#now()
    if (isAnswered) this.#standing = { isVerified: true, undelivered: 0, unanswered: 0 }
  }

  /** It took a delivery. */
  delivered(): void {
    this.#standing.undelivered = 0
  }

  /** It could not be reached, or refused. */
  undelivered(): void {
    this.#standing.undelivered = Math.min(this.#standing.undelivered + 1, LONGEST_ROW)
    if (this.#standing.undelivered === PAUSED) this.#pingedAt = this.#now()
  }

  /** It answered; so it took what was delivered, even where it has not said so. */
  answered(): void {
    this.#standing.undelivered = 0
    this.#standing.unanswered = 0
  }

  /** What it took was not answered in time. */
  unanswered(): void {
    this.#standing.unanswered = Math.min(this.#standing.unanswered + 1, LONGEST_ROW)
  }
}
