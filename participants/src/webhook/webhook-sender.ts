import { randomUUID } from 'node:crypto'
import { withinTime } from '@polyswarm/protocol'
import { WebhookDeliveryError, WebhookPausedError } from '../errors.js'
import type { AddressGuard } from './address-guard.js'
import { type DeliveryLog, deliver } from './delivery.js'
import { type GuardedAnswer, guardedRequest } from './guarded-request.js'
import { WebhookHealth, type WebhookStanding, type WebhookState } from './webhook-health.js'
import type { WebhookSecret } from './webhook-secret.js'

/** Something that a webhook is to get. */
export interface WebhookDelivery {
  /** What it is, for the header `X-POLYSWARM-EVENT`: lower-case letters, such as `bounty`. */
  event: string
  /** For the header `X-POLYSWARM-DELIVERY`; the same for the same delivery, however often it is tried. */
  id: string
  /** JSON. */
  body: Uint8Array
  /** JSON without what strangers have written in it, to be sent where the body is refused. */
  plainBody?: Uint8Array | undefined
}

/** What became of a delivery. */
export interface DeliveryRecord {
  event: string
  id: string
  /** When it was begun, in milliseconds since 1970. */
  begun: number
  /** Milliseconds that it took. */
  duration: number
  /** Requests that were sent. */
  attempts: number
  /** `refused` for good by the webhook, or `stopped` because its time was over. */
  outcome: 'delivered' | 'refused' | 'stopped'
  /** Why it was not delivered. */
  reason?: string | undefined
}

/** Whose webhook it is. */
export interface WebhookSenderOptions {
  url: string
  /** What requests are signed with. */
  secret: WebhookSecret
  /** Which addresses may be reached, where it was not the operator who named this one. */
  guard?: AddressGuard | undefined
  logger: DeliveryLog
  /** How it stood when it was last used; where it is kept. */
  standing?: WebhookStanding | undefined
  /** Told when its standing has changed. */
  changed?: ((standing: WebhookStanding, state: WebhookState) => void) | undefined
  /** Told of each delivery that is over. */
  ended?: ((record: DeliveryRecord) => void) | undefined
}

const PING_TIME = 5_000
/** Milliseconds after which a request without an answer is sent again. */
const ATTEMPT_TIME = 10_000
const LARGEST_REPLY = 64 * 1024
/** Deliveries that are remembered. */
const REMEMBERED = 100
/** Refusals that are about the sender or the address, not about what was sent. */
const ABOUT_THE_SENDER = new Set([401, 403, 404, 405, 410])

/**
 * Delivers to one webhook: signed requests, again and again until they are taken or their time is over. A webhook gets
 * nothing until it has answered a ping, and nothing for a while after it has not taken ten in a row. Any number of
 * deliveries may run at the same time; how many is the caller's business.
 */
export class WebhookSender {
  readonly #options: WebhookSenderOptions
  readonly #origin: string
  readonly #health: WebhookHealth
  readonly #records: DeliveryRecord[] = []
  #pinging: Promise<boolean> | undefined

  constructor(options: WebhookSenderOptions) {
    this.#options = options
    this.#origin = new URL(options.url).origin
    this.#health = new WebhookHealth(() => performance.now(), options.standing)
  }

  /** How the webhook stands. */
  get state(): WebhookState {
    return this.#health.state
  }

  /** What to keep of that. */
  get standing(): WebhookStanding {
    return this.#health.standing
  }

  /** The last hundred deliveries that are over, the latest last. */
  get deliveries(): readonly DeliveryRecord[] {
    return this.#records
  }

  /**
   * Pings the webhook; all who ask at the same time wait for the same ping. An answered one makes it `verified`.
   *
   * @returns whether it answered. Never throws.
   */
  ping(): Promise<boolean> {
    this.#pinging ??= this.#pingOnce().finally(() => {
      this.#pinging = undefined
    })
    return this.#pinging
  }

  /**
   * Delivers something, with growing pauses between attempts.
   *
   * @param signal ends the attempts.
   * @returns the webhook's answer, with a status of 2xx.
   * @throws WebhookPausedError where it gets nothing for now, WebhookDeliveryError where it refused for good,
   * ForbiddenAddressError for an address that may not be reached, and the signal's reason.
   */
  async deliver(delivery: WebhookDelivery, signal: AbortSignal): Promise<GuardedAnswer> {
    signal.throwIfAborted()
    if (this.#health.isPingDue) await this.ping()
    if (!this.#health.isOpen) throw new WebhookPausedError({ url: this.#origin, state: this.state })
    const { event, id, body, plainBody } = delivery
    const begun = Date.now()
    const start = performance.now()
    let attempts = 0
    let tries = 0
    const send = (what: Uint8Array) => {
      tries = 0
      const post = (): Promise<GuardedAnswer> => {
        attempts++
        tries++
        return this.#attempt(event, id, what, signal)
      }
      return deliver(`${event} ${id}`, this.#origin, post, { logger: this.#options.logger, signal })
    }
    const end = (outcome: DeliveryRecord['outcome'], reason?: string): void =>
      this.#ended({ event, id, begun, duration: performance.now() - start, attempts, outcome, reason })
    try {
      const answer = await send(body).catch((error: unknown) => {
        if (!plainBody || !isAboutTheBody(error)) throw error
        return send(plainBody)
      })
      this.#note((health) => health.delivered())
      end('delivered')
      return answer
    } catch (error) {
      // Where no request has failed, nothing is known about the webhook; nor where nobody waits for it any more.
      const isOver = signal.aborted && (tries <= 1 || (signal.reason as Error).name !== 'TimeoutError')
      if (!isOver) this.#note((health) => health.undelivered())
      end(signal.aborted ? 'stopped' : 'refused', (error as Error).message)
      throw error
    }
  }

  /** What the webhook took was answered later, where an answer was due. */
  answered(): void {
    this.#note((health) => health.answered())
  }

  /** What the webhook took was never answered, where an answer was due. */
  unanswered(): void {
    this.#note((health) => health.unanswered())
  }

  async #pingOnce(): Promise<boolean> {
    const { logger } = this.#options
    const nothing = new Uint8Array()
    let reason: string
    try {
      const { status } = await withinTime(PING_TIME, [], (signal) => this.#post('ping', randomUUID(), nothing, signal))
      if (status >= 200 && status < 300) {
        this.#note((health) => health.pinged(true))
        logger.info({ webhook: this.#origin }, 'the webhook answers')
        return true
      }
      reason = `status ${status}`
    } catch (error) {
      reason = (error as Error).message
    }
    this.#note((health) => health.pinged(false))
    logger.warn({ webhook: this.#origin, reason }, 'the webhook gets nothing until it answers a ping')
    return false
  }

  async #attempt(event: string, id: string, body: Uint8Array, signal: AbortSignal): Promise<GuardedAnswer> {
    return withinTime(ATTEMPT_TIME, [signal], async (patience) => {
      try {
        return await this.#post(event, id, body, patience)
      } catch (error) {
        signal.throwIfAborted()
        if (!patience.aborted) throw error
        throw new WebhookDeliveryError({ url: this.#origin, reason: `no answer within ${ATTEMPT_TIME / 1000} seconds` })
      }
    })
  }

  #post(event: string, id: string, body: Uint8Array, signal: AbortSignal): Promise<GuardedAnswer> {
    const { url, secret, guard } = this.#options
    const headers = {
      'x-polyswarm-event': event,
      'x-polyswarm-signature': secret.sign(body),
      'x-polyswarm-delivery': id,
      ...(body.length > 0 && { 'content-type': 'application/json' }),
    }
    return guardedRequest({ url, guard, method: 'POST', headers, body, maxBytes: LARGEST_REPLY, signal })
  }

  #note(change: (health: WebhookHealth) => void): void {
    const { state, standing } = this.#health
    change(this.#health)
    const now = this.#health.standing
    if (this.#health.state !== state) {
      this.#options.logger.info({ webhook: this.#origin, state: this.#health.state, before: state }, 'webhook state')
    }
    if (Object.entries(now).some(([key, value]) => standing[key as keyof WebhookStanding] !== value)) {
      this.#options.changed?.(now, this.#health.state)
    }
  }

  #ended(record: DeliveryRecord): void {
    this.#records.push(record)
    if (this.#records.length > REMEMBERED) this.#records.shift()
    this.#options.ended?.(record)
  }
}

function isAboutTheBody(error: unknown): boolean {
  return (
    error instanceof WebhookDeliveryError && error.refusedWith !== undefined && !ABOUT_THE_SENDER.has(error.refusedWith)
  )
}
