import { type WebhookResult, webhookResult } from '@polyswarm/protocol/consumer'
import { z } from 'zod'
import type { ServiceRequests } from './service-requests.js'

/** What can be said of a webhook; what is missing is as it was, or as usual. */
export interface WebhookSettings {
  webhook_uri?: string | undefined
  secret?: string | undefined
  status?: 'enabled' | 'disabled' | undefined
  events?: readonly string[] | undefined
}

const path = '/notification/webhook'

/** The routes of the API about who is told of the account's submissions. */
export class WebhookRequests {
  readonly #requests: ServiceRequests

  constructor(requests: ServiceRequests) {
    this.#requests = requests
  }

  /** Not tried again by itself: there would be two of them. */
  create(body: WebhookSettings): Promise<WebhookResult> {
    return this.#requests.once(webhookResult, { method: 'POST', path, body })
  }

  list(): AsyncGenerator<WebhookResult> {
    return this.#requests.list(webhookResult, `${path}/list`, {})
  }

  get(id: string): Promise<WebhookResult> {
    return this.#requests.one(webhookResult, { method: 'GET', path, query: { id } })
  }

  change(id: string, body: WebhookSettings): Promise<WebhookResult> {
    return this.#requests.one(webhookResult, { method: 'PUT', path, query: { id }, body })
  }

  delete(id: string): Promise<WebhookResult> {
    return this.#requests.once(webhookResult, { method: 'DELETE', path, query: { id } })
  }

  /** Pings it. @returns whether it answered. */
  async test(id: string): Promise<boolean> {
    const answer = z.object({ answered: z.boolean() })
    const request = { method: 'POST', path: `${path}/test`, query: { id }, body: '' } as const
    return (await this.#requests.one(answer, request)).answered
  }
}
