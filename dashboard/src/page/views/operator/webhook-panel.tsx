import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../client/session.js'
import { Empty } from '../../parts/empty.js'
import { Fetched } from '../../parts/fetched.js'
import { Panel } from '../../parts/panel.js'
import { webhooksQuery } from '../../queries/account-queries.js'
import { texts } from '../../texts.js'
import { WebhookEntry } from './webhook-entry.js'
import { WebhookForm } from './webhook-form.js'

const { webhooks: said } = texts.operator

/** Where the own account is told of its submissions, how each webhook stands, and what it got. */
export function WebhookPanel() {
  const query = useQuery(webhooksQuery(useSession().serviceKey))
  return (
    <Panel title={said.title}>
      <p className="quiet-text">{said.intro}</p>
      <Fetched query={query}>
        {(webhooks) =>
          webhooks.length === 0 ? (
            <Empty>{said.empty}</Empty>
          ) : (
            webhooks.map((webhook) => <WebhookEntry key={webhook.id} webhook={webhook} />)
          )
        }
      </Fetched>
      <WebhookForm />
    </Panel>
  )
}
