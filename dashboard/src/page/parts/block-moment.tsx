import { useBlockClock } from '../live/market-context.js'
import { texts } from '../texts.js'
import { relativeText } from './duration-text.js'

/** A block, and how long ago or away it is by the pace of blocks; the moment itself on hover. */
export function BlockMoment({ block }: { block: number }) {
  const { head, secondsPerBlock } = useBlockClock()
  const { bounty, times } = texts
  if (head === 0 || secondsPerBlock === null) return <span>{bounty.atBlock(block)}</span>
  const away = (block - head) * secondsPerBlock * 1000
  const moment = new Date(Date.now() + away)
  return (
    <time dateTime={moment.toISOString()} title={times.about(moment.toLocaleString())}>
      {bounty.atBlock(block)} <small>{times.about(relativeText(away, 0))}</small>
    </time>
  )
}
