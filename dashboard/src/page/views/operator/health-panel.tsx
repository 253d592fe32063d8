import { visibleText } from '@polyswarm/protocol/visible-text'
import { useQuery } from '@tanstack/react-query'
import { Fetched } from '../../parts/fetched.js'
import { OutsideText } from '../../parts/outside-text.js'
import { Panel } from '../../parts/panel.js'
import { homeQuery, statusQuery } from '../../queries/market-queries.js'
import { texts } from '../../texts.js'

/** Whether what the market stands on can be reached. */
export function HealthPanel() {
  const query = useQuery(statusQuery)
  const hasHome = useQuery(homeQuery).data
  const { operator, money } = texts
  return (
    <Panel title={operator.health}>
      <Fetched query={query}>
        {({ community, home, side, artifact_services: stores }) => (
          <dl className="facts">
            <dt>{operator.community}</dt>
            <dd>
              <OutsideText text={community} />
            </dd>
            {Object.entries({ home, side }).map(
              ([name, chain]) =>
                chain &&
                (name !== 'home' || chain.reachable || hasHome === true) && (
                  <Fact key={name} name={money.chains[name as 'home' | 'side']} isReachable={chain.reachable}>
                    {chain.reachable && texts.layout.block(chain.block.toLocaleString())}
                  </Fact>
                ),
            )}
            {Object.entries(stores).map(([name, { reachable }]) => (
              <Fact key={name} name={operator.artifacts(visibleText(name.slice(0, 40)))} isReachable={reachable} />
            ))}
          </dl>
        )}
      </Fetched>
    </Panel>
  )
}

function Fact({ name, isReachable, children }: { name: string; isReachable: boolean; children?: React.ReactNode }) {
  const { operator } = texts
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <span className={isReachable ? 'good' : 'bad'}>{isReachable ? operator.reachable : operator.unreachable}</span>{' '}
        {children}
      </dd>
    </>
  )
}
