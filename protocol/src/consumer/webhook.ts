import { z } from 'zod'
import { id, moment } from './encodings.js'
import { instanceResult } from './instance.js'

/** What a webhook can be told of: a submission of its account has come into this state. */
export const WEBHOOK_EVENTS = ['instance_judged', 'instance_settled', 'instance_failed'] as const

/** The secret of a webhook, 8 to 256 characters. */
const secret = z.string().min(8).max(256)
const uri = z.url({ protocol: /^https?$/ }).max(2048)
const status = z.enum(['enabled', 'disabled'])
/** Names that are not known here are kept and mean nothing: clients of the public API name others. */
const events = z.array(z.string().max(64)).max(16)

/** Body of `POST /notification/webhook`. */
export const createWebhookRequest = z.looseObject({
  webhook_uri: uri,
  secret,
  status: status.nullish(),
  /** All where it is missing, null or empty. */
  events: events.nullish(),
})

/** Body of `PUT /notification/webhook`: what is missing, null or empty stays. */
export const changeWebhookRequest = createWebhookRequest.partial({ webhook_uri: true, secret: true }).extend({
  webhook_uri: uri.nullish(),
  secret: secret.nullish(),
})

/** A webhook, without its secret. */
export const webhookResult = z.object({
  id,
  webhook_uri: z.string(),
  account_number: id,
  team_account_number: z.null(),
  status,
  events: z.array(z.string()),
  /** Whether it has answered a ping, and takes what it gets: `pending`, `verified`, `failing` or `paused`. */
  state: z.string(),
})

/** See {@link webhookResult}. */
export type WebhookResult = z.infer<typeof webhookResult>

/** What became of a delivery to a webhook that is over. */
export const deliveryResult = z.object({
  /** As in the headers of its requests. */
  id: z.string(),
  event: z.string(),
  begun: moment,
  /** Milliseconds that it took, all attempts together. */
  duration: z.number().nonnegative(),
  attempts: z.number().int().nonnegative(),
  /** `delivered`; `refused` for good by the webhook; `stopped` because its time was over, and then it is tried again. */
  outcome: z.enum(['delivered', 'refused', 'stopped']),
  /** Why it was not delivered. */
  reason: z.string().nullable(),
})

/** See {@link deliveryResult}. */
export type DeliveryResult = z.infer<typeof deliveryResult>

/** What a webhook gets. */
export const webhookNotification = z.object({
  event: z.enum(WEBHOOK_EVENTS),
  instance: instanceResult,
})

/** See {@link webhookNotification}. */
export type WebhookNotification = z.infer<typeof webhookNotification>
