import type { WebhookResult } from '@polyswarm/protocol/consumer'
import { cell } from './cell.js'
import type { Shape } from './report.js'

/** Who is told of submissions. */
export const webhookShape: Shape<WebhookResult> = {
  text: ({ id, webhook_uri, status, state, events }) => {
    const told = events.length === 0 ? 'everything' : events.join(', ')
    return `${cell(id, 8)} ${cell(webhook_uri, 71).trimEnd()}\n  ${cell(`${status}, ${state}: ${told}`, 78).trimEnd()}\n`
  },
  json: (webhook) => webhook,
  csv: {
    header: ['id', 'webhook_uri', 'status', 'state', 'events'],
    row: ({ id, webhook_uri, status, state, events }) => [id, webhook_uri, status, state, events.join(' ')],
  },
}
