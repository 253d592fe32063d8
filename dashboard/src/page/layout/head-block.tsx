import { useBlockClock } from '../live/market-context.js'
import { texts } from '../texts.js'

/** The newest block. */
export function HeadBlock() {
  const { head } = useBlockClock()
  return <span className="head">{head > 0 && texts.layout.block(head.toLocaleString())}</span>
}
