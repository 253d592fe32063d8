import { stringifyJson } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import { deliver } from '../webhook/delivery.js'
import { guardedRequest } from '../webhook/guarded-request.js'
import type { WebhookSecret } from '../webhook/webhook-secret.js'
import type { AlertNotice } from './alerts.js'

/** Milliseconds for which an answer is waited for. */
const PATIENCE = 15_000
const MAX_ANSWER = 64 * 1024

/**
 * Posts notices of alerts to a URL that the operator has named, each until it is taken; with a secret, signed as webhooks
 * are. Of an alert only the newest notice counts: one that it has made untrue is not sent any more.
 */
export class AlertWebhook {
  readonly #options: { url: string; secret?: WebhookSecret | undefined; logger: Logger }
  readonly #stop = new AbortController()
  /** By alert, what ends the delivery of a notice that is not true any more. */
  readonly #replaced = new Map<string, AbortController>()
  readonly #working = new Set<Promise<void>>()

  constructor(options: { url: string; secret?: WebhookSecret | undefined; logger: Logger }) {
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

  async #deliver(notice: AlertNotice, signal: AbortSignal): Promise<void> {
    const { alert } = notice
    const { url, secret, logger } = this.#options
    const body = Buffer.from(stringifyJson(notice) ?? '')
    const headers = {
      'content-type': 'application/json',
      'x-polyswarm-event': 'alert',
      ...(secret && { 'x-polyswarm-signature': secret.sign(body) }),
    }
    const send = () => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
      return guardedRequest({
        url,
        guard: undefined,
        method: 'POST',
        headers,
        body,
        maxBytes: MAX_ANSWER,
        signal: limited,
      })
    }
    try {
      await deliver(`alert ${alert}`, url, send, { logger, signal })
    } catch (error) {
      if (!signal.aborted) logger.warn({ alert, reason: (error as Error).message }, 'the alert was not delivered')
    }
  }
}
