import { useQuery } from '@tanstack/react-query'
import { Fetched } from '../../parts/fetched.js'
import { Heading } from '../../parts/heading.js'
import { sampleQuery } from '../../queries/sample-query.js'
import { texts } from '../../texts.js'
import { arbiterRecords } from './arbiter-record.js'
import { ArbiterTable } from './arbiter-table.js'
import { ManualQueue } from './manual-queue.js'
import { PendingVotes } from './pending-votes.js'

/** Who votes the truth, how well, and what is to be voted on. */
export function ArbiterView() {
  const query = useQuery({ ...sampleQuery, refetchInterval: 30_000 })
  const { arbiter } = texts
  return (
    <>
      <Heading title={arbiter.title} />
      <ManualQueue />
      <PendingVotes />
      <Fetched query={query}>
        {(sample) => (
          <>
            <p className="quiet-text">{arbiter.intro(sample.length)}</p>
            <ArbiterTable records={arbiterRecords(sample)} />
          </>
        )}
      </Fetched>
    </>
  )
}
