import { listenAddress, WebhookBackend } from '../backends/webhook/webhook-backend.js'
import { Microengine, type MicroengineOptions } from '../microengine/microengine.js'
import { MicroengineRole, type MicroengineRoleOptions } from '../microengine/microengine-role.js'
import { AnswerDesk } from '../webhook/answer-desk.js'
import { type ListedWebhook, readWebhookList } from '../webhook/webhook-list.js'
import { backendListener } from './backend-options.js'
import type { Part } from './run-participant.js'

/** What all webhooks of a program have in common. */
export interface WebhookPartsOptions {
  /** Where all of them fetch artifacts and bring answers. */
  desk: AnswerDesk
  options: Omit<MicroengineOptions, 'name' | 'backends'>
  rules: Omit<MicroengineRoleOptions, 'engine' | 'findings' | 'metrics'>
  /** Milliseconds that each gets for an artifact. */
  timeLimit: number
}

/** Where webhooks fetch artifacts and bring answers, as `host:port`, and what they call it. */
interface DeskAddress {
  listen: string
  publicUrl?: string | undefined
}

/**
 * Reads a list of webhooks, and opens the desk that they share.
 *
 * @throws WebhookListError, BackendError
 */
export async function startWebhooks(
  file: string,
  { listen, publicUrl, ...common }: DeskAddress & Omit<WebhookPartsOptions, 'desk'>,
): Promise<{ desk: AnswerDesk; parts: Part[] }> {
  const webhooks = await readWebhookList(file)
  const desk = await AnswerDesk.start({ ...listenAddress(listen), publicUrl })
  return { desk, parts: webhookParts(webhooks, { desk, ...common }) }
}

/** An engine for each webhook, which calls it and stakes for it with an account of its own. */
export function webhookParts(
  webhooks: readonly ListedWebhook[],
  { desk, options, rules, timeLimit }: WebhookPartsOptions,
): Part[] {
  return webhooks.map(({ name, url, secretFile, keyfile, passwordFile }) => ({
    name,
    keyfile,
    passwordFile,
    makeRole: ({ logger, metrics }) => {
      const backend = new WebhookBackend({ url, secretFile, listen: desk, timeLimit, ...backendListener(logger) })
      const engine = new Microengine({ name, backends: [backend], ...options })
      return new MicroengineRole({ engine, ...rules, metrics })
    },
  }))
}
