import type { ShippedBackend } from '../../analysis/shipped-backend.js'
import { BackendError } from '../../errors.js'

/** What the webhook backend can be told. */
export interface WebhookSettings {
  /** Address of the webhook. */
  webhookUrl?: string | undefined
  /** File with the secret that is shared with it. */
  webhookSecretFile?: string | undefined
  /** Where it fetches artifacts and brings answers, as `host:port`. */
  webhookListen?: string | undefined
  /** How it reaches that. */
  webhookPublicUrl?: string | undefined
}

export const webhook: ShippedBackend<WebhookSettings> = {
  name: 'webhook',
  looksWith: "what somebody else's [webhook](webhooks.md) says",
  needs: 'a webhook',
  options: {
    webhookUrl: {
      flags: '--webhook-url <url>',
      description: 'webhook that the webhook backend calls',
      variable: 'WEBHOOK_URL',
    },
    webhookSecretFile: {
      flags: '--webhook-secret-file <file>',
      description: 'file with the secret that is shared with the webhook',
      variable: 'WEBHOOK_SECRET_FILE',
    },
    webhookListen: {
      flags: '--webhook-listen <address>',
      description:
        'host:port where the webhook fetches artifacts and brings answers; any port of this machine by default',
      variable: 'WEBHOOK_LISTEN',
    },
    webhookPublicUrl: {
      flags: '--webhook-public-url <url>',
      description: 'how the webhook reaches that, if by another name',
      variable: 'WEBHOOK_PUBLIC_URL',
    },
  },
  make: async ({ webhookUrl: url, webhookSecretFile: secretFile, webhookListen: listen, webhookPublicUrl }, tools) => {
    if (url === undefined || secretFile === undefined) {
      const reason = 'no webhook is named: give --webhook-url and --webhook-secret-file'
      throw new BackendError({ backend: 'webhook', reason })
    }
    const { WebhookBackend } = await import('./webhook-backend.js')
    const { scanTimeLimit: timeLimit, phase, inform, warn } = tools
    const address = { listen, publicUrl: webhookPublicUrl }
    return new WebhookBackend({ url, secretFile, phase, ...address, timeLimit, inform, warn })
  },
}
