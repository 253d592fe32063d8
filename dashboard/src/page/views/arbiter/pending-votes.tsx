import { Link } from '@tanstack/react-router'
import { phaseEnd, phaseOf } from '../../live/live-bounty.js'
import { useMarket } from '../../live/market-context.js'
import { durationText } from '../../parts/duration-text.js'
import { Empty } from '../../parts/empty.js'
import { Panel } from '../../parts/panel.js'
import { texts } from '../../texts.js'

/** Bounties that are shown. */
const SHOWN = 50

/** What arbiters are to vote on now, what ends first first. */
export function PendingVotes() {
  const { state, pace } = useMarket()
  const { arbiter, market } = texts
  const due = [...state.bounties.values()]
    .filter((bounty) => phaseOf(bounty, state.head) === 'vote')
    .map((bounty) => ({ bounty, left: Math.max((phaseEnd(bounty, state.head) ?? 0) - state.head - 1, 0) }))
    .sort((a, b) => a.left - b.left)
  return (
    <Panel title={arbiter.pending}>
      {due.length === 0 && <Empty>{arbiter.pendingEmpty}</Empty>}
      <ul className="asked">
        {due.slice(0, SHOWN).map(({ bounty, left }) => (
          <li key={bounty.guid}>
            <Link to="/bounty/$guid" params={{ guid: bounty.guid }} preload={false}>
              {bounty.guid.slice(0, 8)}
            </Link>
            <span>{market.artifacts(bounty.artifacts, bounty.artifactType)}</span>
            <span>
              {market.blocksLeft(left)}{' '}
              {pace.secondsPerBlock !== null && (
                <small>{market.secondsLeft(durationText(left * pace.secondsPerBlock))}</small>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
