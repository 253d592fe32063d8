import { formatNct } from '@polyswarm/protocol/amount'
import { texts } from '../texts.js'
import { useAllDigits } from './all-digits.js'
import { amountText } from './amount-text.js'

/** An amount of NCT as people read it; all its digits on hover, or where all amounts are to show them. */
export function Amount({ units, signed = false }: { units: bigint; signed?: boolean }) {
  const all = useAllDigits()
  const exact = `${signed && units > 0n ? '+' : ''}${formatNct(units)}`
  const sign = signed && units > 0n ? '+' : ''
  return (
    <data className="amount" value={units.toString()} title={`${exact} ${texts.units.nct}`}>
      {all ? exact : `${sign}${amountText(units)}`} <span className="unit">{texts.units.nct}</span>
    </data>
  )
}
