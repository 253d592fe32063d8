import { InvalidGuidError } from './errors.js'

declare const guid: unique symbol

/** A bounty's identifier as the API spells it: a hyphenated, lower-case UUID. On chain it is the same 128 bits as uint128. */
export type Guid = string & { readonly [guid]: 'bounty' }

const UINT128_END = 2n ** 128n

/**
 * Reads a guid in any letter case. The version and variant bits are left as they are: the contract takes any uint128.
 *
 * @throws InvalidGuidError unless the text is 8-4-4-4-12 hexadecimal digits.
 * @example
 * ```ts
 * import { parseGuid } from '@polyswarm/protocol'
 * parseGuid('7C9E6679-7425-40DE-944B-E07FC1F90AE7') // => '7c9e6679-7425-40de-944b-e07fc1f90ae7'
 * ```
 */
export function parseGuid(text: string): Guid {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw new InvalidGuidError({ text })
  return text.toLowerCase() as Guid
}

/**
 * The uint128 that stands for a guid on chain: the UUID read as one big-endian number.
 *
 * @example
 * ```ts
 * import { guidToUint128, parseGuid } from '@polyswarm/protocol'
 * guidToUint128(parseGuid('00000000-0000-0000-0000-00000000042a')) // => 1066n
 * ```
 */
export function guidToUint128(id: Guid): bigint {
  return BigInt(`0x${id.replaceAll('-', '')}`)
}

/**
 * The guid of a uint128 from the chain.
 *
 * @throws InvalidGuidError outside 0 to 2^128 − 1.
 * @example
 * ```ts
 * import { guidFromUint128 } from '@polyswarm/protocol'
 * guidFromUint128(1066n) // => '00000000-0000-0000-0000-00000000042a'
 * ```
 */
export function guidFromUint128(value: bigint): Guid {
  if (value < 0n || value >= UINT128_END) throw new InvalidGuidError({ text: value.toString() })
  const hex = value.toString(16).padStart(32, '0')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-') as Guid
}

/** Draws a new guid: a random UUID, version 4. */
export function newGuid(): Guid {
  return crypto.randomUUID() as Guid
}
