import type { Instance } from '@polyswarm/protocol/consumer'
import { scoreMeaning } from '@polyswarm/protocol/polyscore'
import { visibleText } from '@polyswarm/protocol/visible-text'
import { AccountName } from '../../parts/account-name.js'
import { Empty } from '../../parts/empty.js'
import { Panel } from '../../parts/panel.js'
import { texts } from '../../texts.js'

/** Log-odds that fill half of a bar. */
const FULL = 5

/** The score, how sure it is, and what moved it. */
export function ScorePanel({ instance: { score } }: { instance: Instance }) {
  const { answer } = texts
  if (!score) {
    return (
      <Panel title={answer.score}>
        <Empty>{answer.noScore}</Empty>
      </Panel>
    )
  }
  const { probability, low, high, engines, reasons } = score
  const meaning = scoreMeaning({ probability, interval: [low, high] })
  const hundredths = (share: number) => String(Math.round(share * 100))
  return (
    <Panel title={answer.score}>
      <p className="score">
        <strong>{answer.scoreOf(hundredths(probability))}</strong> <span>{meaning}</span>
      </p>
      <div
        className="scale"
        role="img"
        aria-label={`${answer.scoreOf(hundredths(probability))}, ${answer.interval(hundredths(low), hundredths(high))}`}
      >
        <span className="range" style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }} />
        <span className="point" style={{ left: `${probability * 100}%` }} />
      </div>
      <p className="quiet-text">{answer.interval(hundredths(low), hundredths(high))}</p>
      <h3>{answer.moved}</h3>
      <p className="quiet-text">{answer.movedHint}</p>
      <ul className="moved">
        {engines.map(({ author, moved, record }) => (
          <li key={author}>
            <span>
              <AccountName address={author} link /> <small>{visibleText(record.slice(0, 200))}</small>
            </span>
            <span className="bar" aria-hidden="true">
              <span data-side={moved >= 0 ? 'malicious' : 'benign'} style={barStyle(moved)} />
            </span>
            <span className="number">{moved.toFixed(2)}</span>
          </li>
        ))}
      </ul>
      <h3>{answer.reasons}</h3>
      <ul>
        {reasons.slice(0, 50).map((reason) => (
          <li key={reason}>{visibleText(reason.slice(0, 500))}</li>
        ))}
      </ul>
    </Panel>
  )
}

/** From the middle to the side towards which it moved. */
function barStyle(moved: number) {
  const width = Math.min(Math.abs(moved) / FULL, 1) * 50
  return { width: `${width}%`, left: `${moved >= 0 ? 50 : 50 - width}%` }
}
