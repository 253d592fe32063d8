import { usePageSettings } from '../../live/market-context.js'
import { Heading } from '../../parts/heading.js'
import { texts } from '../../texts.js'
import { DevPanel } from './dev-panel.js'
import { EventLog } from './event-log.js'
import { HealthPanel } from './health-panel.js'
import { KeyPanel } from './key-panel.js'
import { ParameterPanel } from './parameter-panel.js'
import { WebhookPanel } from './webhook-panel.js'

/** What whoever runs a market looks at. */
export function OperatorView() {
  const { daemon, service, dev } = usePageSettings()
  const { operator } = texts
  return (
    <>
      <Heading title={operator.title}>
        <p>{operator.intro}</p>
      </Heading>
      {dev && <DevPanel />}
      {daemon && <HealthPanel />}
      {daemon && <ParameterPanel />}
      {service && <KeyPanel />}
      {service && <WebhookPanel />}
      {daemon && <EventLog />}
    </>
  )
}
