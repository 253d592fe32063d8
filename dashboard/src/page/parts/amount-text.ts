import { formatNct } from '@polyswarm/protocol/amount'

/** Decimal places that people read. */
const PLACES = 4

/**
 * An amount of base units in NCT with at most four decimal places and groups of three digits. What it cuts off is not
 * rounded up: nobody has more than it says.
 */
export function amountText(units: bigint): string {
  const [whole = '0', fraction = ''] = formatNct(units < 0n ? -units : units).split('.')
  const sign = units < 0n ? '−' : ''
  const shown = fraction.slice(0, PLACES).replace(/0+$/, '')
  if (units !== 0n && whole === '0' && shown === '') return `${sign}<0.${'0'.repeat(PLACES - 1)}1`
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, '\u202f')}${shown === '' ? '' : `.${shown}`}`
}
