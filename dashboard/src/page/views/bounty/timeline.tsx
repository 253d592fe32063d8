import type { BountyWindows } from '@polyswarm/protocol'
import { useMarket } from '../../live/market-context.js'
import { durationText } from '../../parts/duration-text.js'
import { Panel } from '../../parts/panel.js'
import type { BountyRecord } from '../../queries/bounty-query.js'
import { texts } from '../../texts.js'
import { timelineSteps } from './timeline-steps.js'

/** From posted to settled: what has been, what is now, and when the rest is due. */
export function Timeline({ record, windows, head }: { record: BountyRecord; windows: BountyWindows; head: number }) {
  const { secondsPerBlock } = useMarket().pace
  const { bounty } = texts
  const timeOf = (block: number) => {
    if (secondsPerBlock === null || head === 0) return ''
    const text = durationText(Math.abs(block - head) * secondsPerBlock)
    return block > head ? bounty.away(text) : bounty.ago(text)
  }
  return (
    <Panel title={bounty.timeline}>
      <ol className="timeline">
        {timelineSteps(record, windows, head).map(({ name, from, until, state }) => (
          <li key={name} data-state={state} {...(state === 'now' && { 'aria-current': 'step' as const })}>
            <strong>{bounty.steps[name]}</strong>
            {from !== null && <span>{bounty.atBlock(from)}</span>}
            {until !== null && state !== 'over' && <span>{bounty.untilBlock(until)}</span>}
            {from !== null && <small>{timeOf(from)}</small>}
          </li>
        ))}
      </ol>
    </Panel>
  )
}
