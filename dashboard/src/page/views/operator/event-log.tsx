import { useState } from 'react'
import { useMarket } from '../../live/market-context.js'
import type { LoggedEvent } from '../../live/market-state.js'
import { Empty } from '../../parts/empty.js'
import { Panel } from '../../parts/panel.js'
import { texts } from '../../texts.js'
import { EventLine } from './event-line.js'

/** Lines that are shown. */
const SHOWN = 100

/** What the chain says, as it says it; it can be held to be read. */
export function EventLog() {
  const { log } = useMarket().state
  const [held, setHeld] = useState<readonly LoggedEvent[] | null>(null)
  const { operator } = texts
  const shown = held ?? log.slice(-SHOWN).reverse()
  return (
    <Panel
      title={operator.log}
      aside={
        <button type="button" className="quiet" onClick={() => setHeld(held ? null : shown)}>
          {held ? operator.logGo : operator.logPause}
        </button>
      }
    >
      {shown.length === 0 ? (
        <Empty>{operator.logEmpty}</Empty>
      ) : (
        <ol className="log" reversed>
          {shown.map(({ number, event }) => (
            <li key={number} value={number}>
              <EventLine event={event} />
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}
