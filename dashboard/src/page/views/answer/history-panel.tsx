import type { Instance } from '@polyswarm/protocol/consumer'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../client/session.js'
import { Empty } from '../../parts/empty.js'
import { Fetched } from '../../parts/fetched.js'
import { InstanceList } from '../../parts/instance-list.js'
import { Panel } from '../../parts/panel.js'
import { historyQuery } from '../../queries/instance-queries.js'
import { texts } from '../../texts.js'

/** What was said of the same artifact before. */
export function HistoryPanel({ instance: { id, sha256 } }: { instance: Instance }) {
  const query = useQuery(historyQuery(sha256, useSession().serviceKey))
  const { answer } = texts
  if (sha256 === null) return null
  return (
    <Panel title={answer.history}>
      <Fetched query={query}>
        {(all) => {
          const others = all.filter((each) => each.id !== id)
          return others.length === 0 ? <Empty>{answer.historyEmpty}</Empty> : <InstanceList instances={others} />
        }}
      </Fetched>
    </Panel>
  )
}
