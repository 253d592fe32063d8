import { consensusOf, type Guid, phaseAt, quorumReached } from '@polyswarm/protocol'
import { visibleText } from '@polyswarm/protocol/visible-text'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { useMarket } from '../../live/market-context.js'
import { AccountName } from '../../parts/account-name.js'
import { Amount } from '../../parts/amount.js'
import { Fetched } from '../../parts/fetched.js'
import { Heading } from '../../parts/heading.js'
import { OutsideText } from '../../parts/outside-text.js'
import { PhaseBadge } from '../../parts/phase-badge.js'
import { artifactsQuery, type BountyRecord, bountyQuery } from '../../queries/bounty-query.js'
import { texts } from '../../texts.js'
import { artifactNames } from './artifact-names.js'
import { EngineMatrix } from './engine-matrix.js'
import { PayoutPanel } from './payout-panel.js'
import { settlementInputOf } from './settlement-input-of.js'
import { Timeline } from './timeline.js'
import { TransactionPanel } from './transaction-panel.js'
import { VotePanel } from './vote-panel.js'

/** One bounty, from posted to settled, drawn again when the chain says something of it. */
export function BountyView() {
  const { guid } = useParams({ from: '/bounty/$guid' })
  const query = useQuery(bountyQuery(guid))
  const queries = useQueryClient()
  const { state } = useMarket()
  const version = state.bounties.get(guid.toLowerCase() as Guid)?.version ?? 0
  useEffect(() => {
    if (version > 0) void queries.invalidateQueries({ queryKey: ['bounty', guid] })
  }, [queries, guid, version])
  return (
    <>
      <Heading title={texts.bounty.title(visibleText(guid.slice(0, 8)))}>
        <p>
          <Link to="/">{texts.bounty.back}</Link> ·{' '}
          <code>
            <OutsideText text={guid} longest={36} />
          </code>
        </p>
      </Heading>
      <Fetched query={query}>{(record) => <BountyRecordView record={record} head={state.head} />}</Fetched>
    </>
  )
}

function BountyRecordView({ record, head }: { record: BountyRecord; head: number }) {
  const { bounty, terms, votes } = record
  const windows = {
    expiration: bounty.expiration,
    assertionRevealWindow: terms.assertion_reveal_window,
    arbiterVoteWindow: terms.arbiter_vote_window,
  }
  // Blocks change neither: a table of thousands of cells is drawn again only where the chain says something of it.
  const input = useMemo(() => settlementInputOf(record), [record])
  const agreed = bounty.quorum_reached || quorumReached(input.votes, terms.num_artifacts, terms.arbiter_count)
  const phase = phaseAt(windows, head + 1, agreed)
  const isOver = phase === 'finished' || phase === 'quorum'
  const consensus = votes.length === 0 ? null : consensusOf(input.votes, terms.num_artifacts)
  const artifacts = useQuery(artifactsQuery(bounty.uri)).data
  const names = useMemo(() => {
    const stored = artifacts?.map(({ name }) => name) ?? []
    return artifactNames(bounty.metadata, stored, bounty.num_artifacts)
  }, [artifacts, bounty])
  const { bounty: said, market } = texts
  return (
    <>
      <dl className="facts wide">
        <dt>{said.phase}</dt>
        <dd>
          <PhaseBadge phase={phase} />
        </dd>
        <dt>{said.reward}</dt>
        <dd>
          <Amount units={bounty.amount} />
        </dd>
        <dt>{said.by}</dt>
        <dd>
          <AccountName address={bounty.author} />
        </dd>
        <dt>{said.artifactsCount}</dt>
        <dd>{market.artifacts(terms.num_artifacts, bounty.artifact_type)}</dd>
      </dl>
      <Timeline record={record} windows={windows} head={head} />
      <EngineMatrix
        input={input}
        record={record}
        names={names}
        consensus={isOver ? consensus : null}
        over={isOver ? 'everything' : phase === 'vote' ? 'reveals' : 'nothing'}
      />
      <VotePanel votes={input.votes} numArtifacts={terms.num_artifacts} consensus={consensus} />
      <PayoutPanel input={input} settlements={record.settlements} isOver={isOver} />
      <TransactionPanel moves={record.moves} />
    </>
  )
}
