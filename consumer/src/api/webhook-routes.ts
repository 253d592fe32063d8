import { consumerOperations as operations, type WebhookResult } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import { ConsumerRequestError } from '../errors.js'
import type { ConsumerAccount } from '../store/account-book.js'
import type { Webhook, WebhookSettings } from '../store/webhook-book.js'
import type { ConsumerRoutesOptions } from './consumer-routes.js'
import { momentOf } from './instance-view.js'
import { none } from './instances.js'
import { pageOf } from './page.js'
import { partOf } from './request-parts.js'

/** Webhooks that an account can have. */
const MOST = 10

/** Where customers say where they are to be told. */
export function webhookRoutes(app: FastifyInstance, { store, callers, notifier }: ConsumerRoutesOptions): void {
  const { createWebhook, getWebhook, changeWebhook, deleteWebhook, listWebhooks, testWebhook, deliveries } = operations

  const shown = (webhook: Webhook): WebhookResult => ({
    id: String(webhook.id),
    webhook_uri: webhook.uri,
    account_number: String(webhook.account),
    team_account_number: null,
    status: webhook.enabled ? 'enabled' : 'disabled',
    events: webhook.events,
    state: notifier.stateOf(webhook),
  })
  const own = async ({ id: account }: ConsumerAccount, id: string): Promise<Webhook> =>
    (await store.webhooks.get(account, Number(id))) ?? none(`webhook ${id}`)

  app.post(createWebhook.path, async (request) => {
    const { id: account } = await callers.of(request)
    const { webhook_uri: uri, secret, status, events } = partOf(createWebhook.body, request.body, 'body')
    notifier.check(uri)
    const settings: WebhookSettings = { uri, secret, enabled: status !== 'disabled', events: events ?? [] }
    const webhook = await store.write(async () => {
      if ((await store.webhooks.ofAccount(account)).length >= MOST) {
        throw new ConsumerRequestError({ field: 'webhook_uri', reason: `an account has at most ${MOST} webhooks` })
      }
      return store.webhooks.add(account, settings, await store.submissions.newestChange(), Date.now())
    })
    return { status: 'OK', result: shown(webhook) }
  })
  app.get(getWebhook.path, async (request) => {
    const account = await callers.of(request)
    const { id } = partOf(getWebhook.query, request.query, 'query')
    return { status: 'OK', result: shown(await own(account, id)) }
  })
  app.put(changeWebhook.path, async (request) => {
    const account = await callers.of(request)
    const { id } = partOf(changeWebhook.query, request.query, 'query')
    const { webhook_uri, secret, status, events } = partOf(changeWebhook.body, request.body, 'body')
    if (webhook_uri) notifier.check(webhook_uri)
    const changed = await store.write(async () => {
      const webhook = await own(account, id)
      await store.webhooks.change(webhook, {
        uri: webhook_uri ?? webhook.uri,
        secret: secret ?? webhook.secret,
        enabled: status ? status === 'enabled' : webhook.enabled,
        // Clients of the public API send an empty list where they mean none of it.
        events: events && events.length > 0 ? events : webhook.events,
      })
      return own(account, id)
    })
    notifier.wake()
    return { status: 'OK', result: shown(changed) }
  })
  app.delete(deleteWebhook.path, async (request) => {
    const account = await callers.of(request)
    const { id } = partOf(deleteWebhook.query, request.query, 'query')
    const webhook = await own(account, id)
    await store.write(() => store.webhooks.delete(webhook))
    notifier.forget(webhook.id)
    return { status: 'OK', result: shown(webhook) }
  })
  app.get(listWebhooks.path, async (request) => {
    const { id: account } = await callers.of(request)
    partOf(listWebhooks.query, request.query, 'query')
    const made = await pageOf(
      MOST,
      () => store.webhooks.ofAccount(account),
      async (webhook) => ({ element: shown(webhook), bytes: 3_000, offset: String(webhook.id) }),
    )
    return { status: 'OK', ...made }
  })
  app.post(testWebhook.path, async (request) => {
    const account = await callers.of(request)
    const { id } = partOf(testWebhook.query, request.query, 'query')
    const answered = await notifier.test(await own(account, id))
    return { status: 'OK', result: { answered } }
  })
  app.get(deliveries.path, async (request) => {
    const account = await callers.of(request)
    const { id } = partOf(deliveries.query, request.query, 'query')
    const ended = notifier.deliveriesOf(await own(account, id)).toReversed()
    const result = ended.map(({ begun, reason, ...delivery }) => ({
      ...delivery,
      begun: momentOf(begun),
      reason: reason ?? null,
    }))
    return { status: 'OK', result }
  })
}
