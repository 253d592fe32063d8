import type { BountyWindows } from '@polyswarm/protocol'
import { BlockMoment } from '../../parts/block-moment.js'
import { Panel } from '../../parts/panel.js'
import type { BountyRecord } from '../../queries/bounty-query.js'
import { texts } from '../../texts.js'
import { timelineSteps } from './timeline-steps.js'

/** From posted to settled: what has been, what is now, and when the rest is due. */
export function Timeline({ record, windows, head }: { record: BountyRecord; windows: BountyWindows; head: number }) {
  const { bounty } = texts
  return (
    <Panel title={bounty.timeline}>
      <ol className="timeline">
        {timelineSteps(record, windows, head).map(({ name, from, until, state }) => (
          <li key={name} data-state={state} {...(state === 'now' && { 'aria-current': 'step' as const })}>
            <strong>{bounty.steps[name]}</strong>
            {from !== null && <BlockMoment block={from} />}
            {until !== null && state !== 'over' && <span>{bounty.untilBlock(until)}</span>}
          </li>
        ))}
      </ol>
    </Panel>
  )
}
