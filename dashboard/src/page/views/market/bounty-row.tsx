import type { BountyPhase, Guid } from '@polyswarm/protocol'
import { visibleText } from '@polyswarm/protocol/visible-text'
import { type MouseEvent, memo } from 'react'
import { type LiveBounty, phaseEnd, phaseOf } from '../../live/live-bounty.js'
import { usePageSettings } from '../../live/market-context.js'
import { Amount } from '../../parts/amount.js'
import { durationText } from '../../parts/duration-text.js'
import { PhaseBadge } from '../../parts/phase-badge.js'
import { texts } from '../../texts.js'

/** The cells of one bounty. Drawn again only where something in them has changed. */
export function BountyRow({
  bounty,
  head,
  secondsPerBlock,
  open,
}: {
  bounty: LiveBounty
  head: number
  secondsPerBlock: number | null
  open: (guid: Guid) => void
}) {
  const end = phaseEnd(bounty, head)
  const left = end === null ? null : Math.max(end - head - 1, 0)
  const seconds = left === null || secondsPerBlock === null ? null : durationText(left * secondsPerBlock)
  return <Cells bounty={bounty} phase={phaseOf(bounty, head)} left={left} seconds={seconds} open={open} />
}

const Cells = memo(function Cells({
  bounty,
  phase,
  left,
  seconds,
  open,
}: {
  bounty: LiveBounty
  phase: BountyPhase
  left: number | null
  seconds: string | null
  open: (guid: Guid) => void
}) {
  const { names } = usePageSettings()
  const { market } = texts
  const who = bounty.answeredBy.map((address) =>
    visibleText((names.get(address.toLowerCase()) ?? address).slice(0, 40)),
  )
  return (
    // biome-ignore-start lint/a11y: cells of rows that are placed one by one.
    <>
      <span role="cell" className="c-bounty">
        {/* A link of the router has state of its own, and rows come by the hundred while one scrolls. */}
        <a href={`/bounty/${bounty.guid}`} onClick={(event) => isPlain(event) && open(bounty.guid)}>
          {bounty.guid.slice(0, 8)}
        </a>
      </span>
      <span role="cell" className="c-phase">
        <PhaseBadge phase={phase} />
      </span>
      <span role="cell" className="c-left">
        {left === null ? bounty.settled > 0 && market.paid(bounty.settled) : market.blocksLeft(left)}
        {seconds !== null && <small> {market.secondsLeft(seconds)}</small>}
      </span>
      <span role="cell" className="c-reward">
        <Amount units={bounty.amount} />
      </span>
      <span role="cell" className="c-artifacts">
        {market.artifacts(bounty.artifacts, bounty.artifactType)}
      </span>
      <span role="cell" className="c-answers" title={who.join(', ') || undefined}>
        {bounty.answers}
      </span>
      <span role="cell" className="c-votes">
        {bounty.votes}
      </span>
    </>
    // biome-ignore-end lint/a11y: see above.
  )
})

/** Whether a click asks for the page in this tab; then the browser is not to load it anew. */
function isPlain(event: MouseEvent): boolean {
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
  if (plain) event.preventDefault()
  return plain
}
