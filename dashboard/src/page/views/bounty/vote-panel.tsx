import { countBits, fullMask, hasBit, type SettledVote } from '@polyswarm/protocol'
import { memo } from 'react'
import { AccountName } from '../../parts/account-name.js'
import { Empty } from '../../parts/empty.js'
import { Panel } from '../../parts/panel.js'
import { texts } from '../../texts.js'

/** What the arbiters say. */
export const VotePanel = memo(function VotePanel({
  votes,
  numArtifacts,
  consensus,
}: {
  votes: readonly SettledVote[]
  numArtifacts: number
  consensus: bigint | null
}) {
  const { bounty } = texts
  const all = fullMask(numArtifacts)
  return (
    <Panel title={bounty.votes}>
      {votes.length === 0 && <Empty>{bounty.votesEmpty}</Empty>}
      <ul className="votes">
        {votes.map(({ voter, votes: set }) => (
          <li key={voter}>
            <AccountName address={voter} />:{' '}
            {Array.from({ length: numArtifacts }, (_, artifact) =>
              hasBit(set, artifact) ? bounty.malicious : bounty.benign,
            ).join(', ')}{' '}
            {consensus !== null && (
              <small>({bounty.agreement(countBits(~(set ^ consensus) & all), numArtifacts)})</small>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
})
