import { Amount } from '../../parts/amount.js'
import { percentText } from '../../parts/percent-text.js'
import { texts } from '../../texts.js'
import type { VerdictCell } from './verdict-cell.js'

const { bounty } = texts

const TONES: Partial<Record<VerdictCell['state'], string>> = {
  right: 'good',
  wrong: 'bad',
  never: 'bad',
  late: 'warn',
}

/** What one engine said of one artifact, never by colour alone. */
export function MatrixCell({ cell, confidence }: { cell: VerdictCell; confidence: number | null }) {
  const { state, malicious, bid } = cell
  if (state === 'none') return <span className="quiet-text">{bounty.cells.none}</span>
  return (
    <>
      {malicious !== null && <strong>{malicious ? bounty.malicious : bounty.benign}</strong>}{' '}
      <span className={TONES[state]}>{bounty.cells[state]}</span>
      <br />
      <Amount units={bid} />
      {confidence !== null && <small> {bounty.confidence(percentText(confidence))}</small>}
    </>
  )
}
