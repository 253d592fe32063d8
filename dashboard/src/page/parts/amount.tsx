import { formatNct } from '@polyswarm/protocol/amount'
import { texts } from '../texts.js'
import { useAllDigits } from './all-digits.js'
import { amountText } from './amount-text.js'

/** An amount of NCT, or of the chain's coin, as people read it; all its digits on hover, or where all amounts are to show them. */
export function Amount({
  units,
  signed = false,
  unit = texts.units.nct,
}: {
  /** Base units; of both there are 10^18 in a whole one. */
  units: bigint
  signed?: boolean
  unit?: string
}) {
  const all = useAllDigits()
  const exact = `${signed && units > 0n ? '+' : ''}${formatNct(units)}`
  const sign = signed && units > 0n ? '+' : ''
  return (
    <data className="amount" value={units.toString()} title={`${exact} ${unit}`}>
      {all ? exact : `${sign}${amountText(units)}`} <span className="unit">{unit}</span>
    </data>
  )
}
