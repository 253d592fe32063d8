import type { Address, Hex } from 'viem'
import { getAddress, isAddress } from 'viem/utils'
import { z } from 'zod'
import { baseUnits } from '../amount.js'
import { ARTIFACT_TYPES } from '../artifact-type.js'
import { parseGuid } from '../guid.js'

/** How the API writes each kind of value. Output types are the project's own: bigint, Guid, checksummed Address. */

/** A decimal string of base units or another unsigned integer of up to 256 bits. */
export const decimal = z
  .string()
  .regex(/^\d{1,78}$/)
  .transform((text, context) => {
    const value = BigInt(text)
    if (value >> 256n === 0n) return baseUnits(value)
    context.addIssue('must be below 2^256')
    return z.NEVER
  })

/** An unsigned integer as a JSON number of any size. */
export const uint = z
  .union([z.number().int().nonnegative(), z.bigint().nonnegative()])
  .meta({ type: 'integer', minimum: 0, format: 'uint256', anyOf: undefined })
  .transform((value) => BigInt(value))

/** A block number, index or count: a JSON number that fits a double. */
export const count = z.number().int().nonnegative()

/** A bit set as booleans, artifact 0 first. */
export const bits = z.array(z.boolean()).max(256)

/** A hyphenated UUID. */
export const guid = z
  .string()
  .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/)
  .transform((text) => parseGuid(text))

/** An Ethereum address in any letter case that carries no wrong checksum: all upper case carries none. */
export const address = z
  .string()
  .refine((text) => isAddress(text) || /^0x[0-9A-F]{40}$/.test(text))
  .meta({ pattern: '^0x[0-9a-fA-F]{40}$', format: 'ethereum-address' })
  .transform((text): Address => getAddress(text))

/** A transaction hash with its 0x. */
export const hash = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text) => text as Hex)

/** `file` or `url`. */
export const artifactType = z.enum(ARTIFACT_TYPES)

/** A parsed metadata document, or the text that the chain holds where it is none. */
export const metadata = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown()), z.string(), z.null()])
