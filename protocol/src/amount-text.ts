import { type Amount, baseUnits, formatNct } from './amount.js'

/** Base units of the last decimal place that people are shown: 0.0001 NCT. */
const SMALLEST = 10n ** 14n

/**
 * An amount of NCT for people, rounded to four decimal places, and never to nothing.
 *
 * @param amount base units; below zero for a loss.
 * @example
 * ```ts
 * import { amountText, parseNct } from '@polyswarm/protocol'
 * amountText(parseNct('2.020833333333333333')) // => '2.0208'
 * amountText(-1n) // => '-<0.0001'
 * ```
 */
export function amountText(amount: bigint): string {
  const size = amount < 0n ? -amount : amount
  const rounded = ((size + SMALLEST / 2n) / SMALLEST) * SMALLEST
  const sign = amount < 0n ? '-' : ''
  return rounded === 0n && size > 0n ? `${sign}<${shown(SMALLEST)}` : `${sign}${shown(rounded)}`
}

function shown(units: bigint): string {
  const amount: Amount = baseUnits(units)
  return formatNct(amount)
}
