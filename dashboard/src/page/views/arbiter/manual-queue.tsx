import { visibleText } from '@polyswarm/protocol/visible-text'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { decideCase, type OpenCase, openCases } from '../../client/desk.js'
import { useSession } from '../../client/session.js'
import { usePageSettings } from '../../live/market-context.js'
import { DocumentText } from '../../parts/document-text.js'
import { durationText } from '../../parts/duration-text.js'
import { Empty } from '../../parts/empty.js'
import { Failure } from '../../parts/failure.js'
import { Fetched } from '../../parts/fetched.js'
import { OutsideText } from '../../parts/outside-text.js'
import { Panel } from '../../parts/panel.js'
import { texts } from '../../texts.js'
import { BlockPanel } from '../operator/block-panel.js'

const { arbiter, market } = texts

/** What waits for a person to say what it is. */
export function ManualQueue() {
  const { arbiter: isConnected, dev } = usePageSettings()
  const { arbiterToken } = useSession()
  // In a dev market whoever is at the machine decides.
  const isKeyMissing = !dev && arbiterToken === ''
  const query = useQuery({
    queryKey: ['cases', arbiterToken],
    queryFn: ({ signal }) => openCases(signal),
    refetchInterval: 2_000,
    enabled: isConnected && !isKeyMissing,
  })
  return (
    <Panel title={arbiter.queue}>
      {!isConnected ? (
        <Empty>{dev ? arbiter.queueDev : arbiter.queueNone}</Empty>
      ) : isKeyMissing ? (
        <Empty>{arbiter.queueKey}</Empty>
      ) : (
        <Fetched query={query}>
          {(cases) =>
            cases.length === 0 ? (
              <Empty>{arbiter.queueEmpty}</Empty>
            ) : (
              cases.map((each) => <CaseForm key={each.id} open={each} />)
            )
          }
        </Fetched>
      )}
      {isConnected && dev && <BlockPanel />}
    </Panel>
  )
}

/** One case: its evidence, how long there is, and the decision. */
function CaseForm({ open }: { open: OpenCase }) {
  const { id, guid, artifact, sha256, evidence, closesHead, clock } = open
  const [why, setWhy] = useState('')
  const queries = useQueryClient()
  const decide = useMutation({
    mutationFn: (verdict: 'malicious' | 'benign') => decideCase(id, verdict, why),
    onSettled: () => queries.invalidateQueries({ queryKey: ['cases'] }),
  })
  const left = clock && Math.max(closesHead - clock.head, 0)
  return (
    <form className="case" onSubmit={(submitted) => submitted.preventDefault()} aria-label={`${arbiter.queue} ${id}`}>
      <p>
        <code>
          <OutsideText text={sha256} longest={64} />
        </code>{' '}
        <Link to="/bounty/$guid" params={{ guid }} preload={false}>
          {visibleText(guid.slice(0, 8))} ({artifact + 1})
        </Link>{' '}
        {left !== null && market.blocksLeft(left)}{' '}
        {clock?.blockTime != null && left !== null && (
          <small>{market.secondsLeft(durationText((left * clock.blockTime) / 1000))}</small>
        )}
      </p>
      <DocumentText name={arbiter.evidence} value={evidence} />
      <label className="field">
        {arbiter.reason}
        <input value={why} required maxLength={1_000} onChange={({ target }) => setWhy(target.value)} />
      </label>
      <div className="actions">
        {(['malicious', 'benign'] as const).map((verdict) => (
          <button
            key={verdict}
            type="button"
            disabled={why.trim() === '' || decide.isPending}
            onClick={() => decide.mutate(verdict)}
          >
            {arbiter[verdict]}
          </button>
        ))}
      </div>
      {decide.error && <Failure error={decide.error} />}
    </form>
  )
}
