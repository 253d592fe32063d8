import { z } from 'zod'
import { BOUNTY_PHASES } from '../phase.js'

/** How the consumer API writes each kind of value. */

/** An id: a positive integer of up to 63 bits, as a string, since clients read it as a number. */
export const id = z.string().regex(/^[1-9]\d{0,18}$/)

/** A moment, ISO 8601 in UTC. */
export const moment = z.string().max(40)

/** An amount in base units, as a decimal string. */
export const amount = z.string().regex(/^\d{1,78}$/)

/** `FILE` or `URL`, in any letter case. */
export const instanceType = z.enum(['FILE', 'URL'])

/** The kinds of hash that an artifact can be looked up by, with the length of each in hexadecimal digits. */
const HASH_LENGTHS = { md5: 32, sha1: 40, sha256: 64 } as const

/** A kind of hash that an artifact can be looked up by. */
export type HashType = keyof typeof HASH_LENGTHS

/** `md5`, `sha1` or `sha256`. */
export const hashType = z.enum(Object.keys(HASH_LENGTHS) as [HashType, ...HashType[]])

/** A hash in hexadecimal, 32, 40 or 64 digits. */
export const hash = z.string().regex(/^([0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$/)

/** A phase of the bounty that an instance is judged by. */
export const phase = z.enum(BOUNTY_PHASES)

/** A share, from 0 to 1. */
export const share = z.number().min(0).max(1)

/**
 * The kind of a hash, by its length; undefined for what is none.
 *
 * @example
 * ```ts
 * import { hashTypeOf } from '@polyswarm/protocol/consumer'
 * hashTypeOf('44d88612fea8a8f36de82e1278abb02f') // => 'md5'
 * ```
 */
export function hashTypeOf(text: string): HashType | undefined {
  if (!hash.safeParse(text).success) return undefined
  return (Object.keys(HASH_LENGTHS) as HashType[]).find((type) => HASH_LENGTHS[type] === text.length)
}
