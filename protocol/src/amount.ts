import { InvalidAmountError } from './errors.js'

declare const amount: unique symbol

/**
 * An amount of Nectar in base units: 1 NCT is 10^18 of them. A bigint that the compiler tells apart from other
 * integers, so that a block number or an index never slips in where money is meant.
 */
export type Amount = bigint & { readonly [amount]: 'base units of NCT' }

/** Decimal places of Nectar, as `NectarToken.decimals()` reports them. */
export const NCT_DECIMALS = 18

const UINT256_MAX = 2n ** 256n - 1n
const BASE_UNITS_PER_NCT = 10n ** BigInt(NCT_DECIMALS)

/**
 * Brands an integer of base units as an amount.
 *
 * @throws InvalidAmountError below 0 or above 2^256 − 1.
 * @example
 * ```ts
 * import { baseUnits } from '@polyswarm/protocol'
 * baseUnits(62_500_000_000_000_000n) // => 62500000000000000n
 * ```
 */
export function baseUnits(units: bigint): Amount {
  if (units < 0n || units > UINT256_MAX) throw new InvalidAmountError({ text: units.toString() })
  return units as Amount
}

/**
 * Reads the decimal string of base units that the API and the ledger use.
 *
 * @throws InvalidAmountError for anything but 1 to 78 decimal digits whose value fits 256 bits.
 * @example
 * ```ts
 * import { parseBaseUnits } from '@polyswarm/protocol'
 * parseBaseUnits('1000000000000000000') // => 1000000000000000000n
 * ```
 */
export function parseBaseUnits(text: string): Amount {
  if (!/^\d{1,78}$/.test(text)) throw new InvalidAmountError({ text })
  return baseUnits(BigInt(text))
}

/**
 * Reads an amount as people write it, in NCT with up to 18 decimal places.
 *
 * @throws InvalidAmountError for signs, exponents, blanks, more than 18 places, or values above 2^256 − 1.
 * @example
 * ```ts
 * import { parseNct } from '@polyswarm/protocol'
 * parseNct('0.0625') // => 62500000000000000n
 * ```
 */
export function parseNct(text: string): Amount {
  const match = /^(\d{1,60})(?:\.(\d{1,18}))?$/.exec(text)
  if (!match) throw new InvalidAmountError({ text })
  const [, whole = '0', fraction = ''] = match
  return baseUnits(BigInt(whole) * BASE_UNITS_PER_NCT + BigInt(fraction.padEnd(NCT_DECIMALS, '0')))
}

/**
 * Writes an amount in NCT, exactly, without trailing zeros. Negative differences keep their sign.
 *
 * @example
 * ```ts
 * import { formatNct } from '@polyswarm/protocol'
 * formatNct(2_062_500_000_000_000_000n) // => '2.0625'
 * ```
 */
export function formatNct(units: bigint): string {
  const sign = units < 0n ? '-' : ''
  const magnitude = units < 0n ? -units : units
  const fraction = (magnitude % BASE_UNITS_PER_NCT).toString().padStart(NCT_DECIMALS, '0').replace(/0+$/, '')
  return `${sign}${magnitude / BASE_UNITS_PER_NCT}${fraction ? `.${fraction}` : ''}`
}
