import { type Amount, baseUnits, formatNct, NCT_DECIMALS } from '@polyswarm/protocol'
import { InvalidOptionError } from '../errors.js'

/** Decimal places of each unit that amounts are written in; the names are those of the original's balance manager. */
const PLACES = { nct: NCT_DECIMALS, 'nct-gwei': 9, 'nct-wei': 0 } as const

/** A unit that amounts are written in: 1 nct is 10^9 nct-gwei, and 10^18 nct-wei. */
export type Denomination = keyof typeof PLACES

/** All of them. */
export const DENOMINATIONS = Object.keys(PLACES) as Denomination[]

/**
 * Reads an amount above 0, to the last unit.
 *
 * @param option names the amount in errors.
 * @throws InvalidOptionError for anything else, also for more decimal places than the unit has.
 */
export function parseAmount(option: string, text: string, denomination: Denomination = 'nct'): Amount {
  const amount = read(text, PLACES[denomination])
  if (amount !== undefined && amount > 0n) return amount
  const places = PLACES[denomination] === 0 ? 'no decimal places' : `at most ${PLACES[denomination]} decimal places`
  const reason = `"${text.slice(0, 80)}" is no amount: give a number above 0 in ${denomination}, with ${places}`
  throw new InvalidOptionError({ option, reason })
}

/** Writes an amount exactly, without trailing zeros. */
export function formatAmount(units: bigint, denomination: Denomination = 'nct'): string {
  return formatNct(units * 10n ** BigInt(NCT_DECIMALS - PLACES[denomination]))
}

function read(text: string, places: number): Amount | undefined {
  const [, whole = '', fraction = ''] = /^(\d{1,78})(?:\.(\d{1,18}))?$/.exec(text) ?? []
  if (whole === '' || fraction.length > places) return undefined
  const units = BigInt(whole + fraction.padEnd(places, '0'))
  return units >> 256n === 0n ? baseUnits(units) : undefined
}
