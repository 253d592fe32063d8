import { formatNct } from '@polyswarm/protocol'

/** Base units of the last decimal place that people are shown: 0.0001 NCT. */
const SMALLEST = 10n ** 14n

/** An amount for people, rounded to four decimal places, and never to nothing. All digits are in the JSON document. */
export function amountText(amount: bigint): string {
  const size = amount < 0n ? -amount : amount
  const rounded = ((size + SMALLEST / 2n) / SMALLEST) * SMALLEST
  const sign = amount < 0n ? '-' : ''
  return rounded === 0n && size > 0n ? `${sign}<${formatNct(SMALLEST)}` : `${sign}${formatNct(rounded)}`
}

/** The same with the unit. */
export function nct(amount: bigint): string {
  return `${amountText(amount)} NCT`
}
