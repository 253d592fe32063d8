import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { stringifyJson } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import { WebhookPausedError } from '../errors.js'
import type { WebhookSender } from '../webhook/webhook-sender.js'
import type { AlertNotice } from './alerts.js'

/** What carries notices of alerts. */
export interface AlertWebhookOptions {
  sender: Pick<WebhookSender, 'deliver'>
  logger: Pick<Logger, 'warn'>
  /** Milliseconds until a webhook that gets nothing for now is tried again; 60,000 by default. */
  pause?: number
}

/**
 * Posts notices of alerts to a webhook that the operator has named, each until it is taken, or refused for good. Of an alert
 * only the newest notice counts: one that it has made untrue is not sent any more.
 */
export class AlertWebhook {
  readonly #options: AlertWebhookOptions
  readonly #stop = new AbortController()
  /** By alert, what ends the delivery of a notice that is not true any more. */
  readonly #replaced = new Map<string, AbortController>()
  readonly #working = new Set<Promise<void>>()

  constructor(options: AlertWebhookOptions) {
    this.#options = options
  }

  /** Takes a notice to be delivered. */
  send(notice: AlertNotice): void {
    this.#replaced.get(notice.alert)?.abort()
    const replaced = new AbortController()
    this.#replaced.set(notice.alert, replaced)
    const work = this.#deliver(notice, AbortSignal.any([this.#stop.signal, replaced.signal]))
    this.#working.add(work)
    void work.finally(() => this.#working.delete(work))
  }

  /** Resolves when all is delivered or refused for good. */
  async idle(): Promise<void> {
    await Promise.all(this.#working)
  }

  /** Gives up what is not delivered. */
  close(): void {
    this.#stop.abort()
  }

  /** Never throws. */
  async #deliver(notice: AlertNotice, signal: AbortSignal): Promise<void> {
    const { alert } = notice
    const { sender, logger, pause = 60_000 } = this.#options
    const delivery = { event: 'alert', id: randomUUID(), body: Buffer.from(stringifyJson(notice)) }
    while (!signal.aborted) {
      try {
        await sender.deliver(delivery, signal)
        return
      } catch (error) {
        if (signal.aborted) return
        logger.warn({ alert, reason: (error as Error).message }, 'the alert was not delivered')
        if (!(error instanceof WebhookPausedError)) return
        await delay(pause, undefined, { signal, ref: false }).catch(() => undefined)
      }
    }
  }
}
