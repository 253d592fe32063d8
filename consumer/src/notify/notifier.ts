import { setTimeout as delay } from 'node:timers/promises'
import {
  AddressGuard,
  type DeliveryRecord,
  WebhookSecret,
  WebhookSender,
  type WebhookState,
} from '@polyswarm/participants/runtime'
import { stringifyJson, withinTime } from '@polyswarm/protocol'
import { type Instance, WEBHOOK_EVENTS } from '@polyswarm/protocol/consumer'
import type { Logger } from 'pino'
import type { ConsumerStore } from '../store/consumer-store.js'
import type { Submission } from '../store/submission.js'
import type { Webhook } from '../store/webhook-book.js'

/** Who is told of what, and how. */
export interface NotifierOptions {
  store: ConsumerStore
  view(submission: Submission): Promise<Instance>
  /** Addresses and ranges that webhooks may have besides public ones, such as `127.0.0.0/8`. */
  allowedAddresses: readonly string[]
  logger: Logger
  /** Fires when the service ends. */
  signal: AbortSignal
}

/** Submissions that are read at a time. */
const AT_A_TIME = 20
/** Webhooks that are delivered to at the same time; the others wait for their turn. */
const MOST_AT_A_TIME = 64
/** Milliseconds for which one delivery is tried before others get their turn, and until it is tried again. */
const ATTEMPTS = 120_000
const PAUSE = 30_000

/**
 * Tells webhooks of the submissions of their accounts, one after the other, in the order in which these came into their
 * states. What a webhook was told up to is in the database: nothing waits in memory, nothing is queued, and a service that
 * was killed goes on where it was. A submission that went on meanwhile is told as it is now.
 */
export class Notifier {
  readonly #options: NotifierOptions
  readonly #guard: AddressGuard
  readonly #senders = new Map<number, { sender: WebhookSender; key: string }>()
  readonly #telling = new Set<number>()
  /** Those that did not take what they were told, until they are told again. */
  readonly #resting = new Set<number>()
  /** Those that are being told something, and may have missed the latest: they are told once more. */
  readonly #missed = new Set<number>()
  /** Those that are told when another has been. */
  readonly #waiting = new Map<number, Webhook>()
  #looking: Promise<void> | undefined
  #again = false

  /** @throws InvalidOptionError where an allowed address is none. */
  constructor(options: NotifierOptions) {
    this.#options = options
    this.#guard = new AddressGuard(options.allowedAddresses)
  }

  /** Something has changed. */
  wake(): void {
    if (this.#looking) this.#again = true
    else this.#looking = this.#look()
  }

  /** How a webhook stands. */
  stateOf(webhook: Webhook): WebhookState {
    return this.#senderTo(webhook).state
  }

  /** The last hundred deliveries to a webhook that are over, the latest last. Those of an earlier service are not known. */
  deliveriesOf(webhook: Webhook): readonly DeliveryRecord[] {
    return this.#senderTo(webhook).deliveries
  }

  /** Pings a webhook. @returns whether it answered. */
  async test(webhook: Webhook): Promise<boolean> {
    return this.#senderTo(webhook).ping()
  }

  /** Checks an address that a customer names. @throws ForbiddenAddressError. */
  check(uri: string): void {
    this.#guard.checked(uri)
  }

  /** A webhook is no more. */
  forget(id: number): void {
    this.#senders.delete(id)
  }

  async #look(): Promise<void> {
    const { store, logger, signal } = this.#options
    do {
      this.#again = false
      try {
        for (const webhook of await store.webhooks.enabled()) {
          if (signal.aborted) break
          if (this.#telling.has(webhook.id)) this.#missed.add(webhook.id)
          else if (!this.#resting.has(webhook.id)) void this.#tell(webhook)
        }
      } catch (error) {
        logger.warn({ reason: (error as Error).message }, 'webhooks cannot be looked at, will try again')
        this.#wakeLater()
      }
    } while (this.#again)
    this.#looking = undefined
  }

  /** Tells one webhook all that there is, now or when it is its turn. */
  async #tell(webhook: Webhook): Promise<void> {
    const { logger, signal } = this.#options
    if (this.#telling.size >= MOST_AT_A_TIME) {
      this.#waiting.set(webhook.id, webhook)
      return
    }
    this.#telling.add(webhook.id)
    try {
      while (!signal.aborted && (await this.#tellNext(webhook))) {}
    } catch (error) {
      if (!signal.aborted) {
        logger.info({ webhook: webhook.id, reason: (error as Error).message }, 'a webhook is told later')
        this.#resting.add(webhook.id)
        this.#wakeLater(() => this.#resting.delete(webhook.id))
      }
    } finally {
      this.#telling.delete(webhook.id)
    }
    if (signal.aborted) return
    // Nobody else is looked at because of it: while one takes long, the others would be without end.
    if (this.#missed.delete(webhook.id) && !this.#resting.has(webhook.id)) this.#waiting.set(webhook.id, webhook)
    const [next] = this.#waiting.values()
    if (!next) return
    this.#waiting.delete(next.id)
    void this.#tell(next)
  }

  #wakeLater(before: () => void = () => undefined): void {
    const { signal } = this.#options
    delay(PAUSE, undefined, { signal, ref: false }).then(
      () => {
        before()
        this.wake()
      },
      () => undefined,
    )
  }

  /** @returns whether there may be more. @throws what {@link WebhookSender.deliver} throws; then it is told again. */
  async #tellNext({ id, account }: Webhook): Promise<boolean> {
    const { store, signal } = this.#options
    const webhook = await store.webhooks.get(account, id)
    if (!webhook?.enabled) return false
    const turned = await store.submissions.turnedAfter(account, webhook.place, AT_A_TIME)
    for (const submission of turned) {
      const notification = await this.#notificationOf(submission, webhook)
      if (notification) {
        const sender = this.#senderTo(webhook)
        await withinTime(ATTEMPTS, [signal], (either) => sender.deliver(notification, either)).catch(
          (error: { refusedWith?: number }) => {
            // Asked for no more by the webhook itself.
            if (error.refusedWith === undefined) throw error
          },
        )
      }
      const { turned: turn, id: instance } = submission
      await store.write(() => store.webhooks.setPlace(id, { turned: turn, instance }))
    }
    return turned.length === AT_A_TIME
  }

  async #notificationOf(submission: Submission, { events }: Webhook) {
    const instance = await this.#options.view(submission)
    const event = WEBHOOK_EVENTS.find((name) => name === `instance_${instance.state}`)
    const wanted = events.filter((name) => WEBHOOK_EVENTS.some((known) => known === name))
    if (!event || (events.length > 0 && !wanted.includes(event))) return undefined
    const body = Buffer.from(stringifyJson({ event, instance }) ?? '')
    return { event, id: `${instance.id}-${instance.state}`, body }
  }

  #senderTo(webhook: Webhook): WebhookSender {
    const { store, logger } = this.#options
    const { id, uri, secret, standing } = webhook
    const key = `${uri} ${secret}`
    const known = this.#senders.get(id)
    if (known?.key === key) return known.sender
    const sender = new WebhookSender({
      ...{ url: uri, secret: new WebhookSecret(secret), guard: this.#guard, logger, standing },
      changed: (now) => {
        store.write(() => store.webhooks.setStanding(id, now)).catch(() => undefined)
      },
    })
    this.#senders.set(id, { sender, key })
    return sender
  }
}
