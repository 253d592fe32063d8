import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../client/session.js'
import { Empty } from '../../parts/empty.js'
import { Fetched } from '../../parts/fetched.js'
import { InstanceList } from '../../parts/instance-list.js'
import { Panel } from '../../parts/panel.js'
import { recentQuery } from '../../queries/instance-queries.js'
import { texts } from '../../texts.js'

/** What was asked about lately with this key. */
export function RecentPanel() {
  const query = useQuery(recentQuery(useSession().serviceKey))
  const { ask } = texts
  return (
    <Panel title={ask.recent}>
      <Fetched query={query}>
        {(instances) =>
          instances.length === 0 ? <Empty>{ask.recentEmpty}</Empty> : <InstanceList instances={instances} />
        }
      </Fetched>
    </Panel>
  )
}
