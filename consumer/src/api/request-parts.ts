import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { ConsumerRequestError } from '../errors.js'

/** Below which every route is. */
export const BASE = '/v3'

/** Reads a part of a request by its schema. @throws ConsumerRequestError naming the first thing that is wrong. */
export function partOf<Schema extends z.ZodType>(schema: Schema, value: unknown, part: string): z.output<Schema> {
  if (hasNull(value)) throw new ConsumerRequestError({ field: part, reason: 'a null character has no place in it' })
  const read = schema.safeParse(value ?? {})
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new ConsumerRequestError({
    field: issue?.path.join('.') || part,
    reason: (issue?.message ?? 'it cannot be read').replace(/^Invalid/, 'invalid').slice(0, 200),
  })
}

/** No text of a database can hold a null character. */
function hasNull(value: unknown): boolean {
  const open = [value]
  for (const each of open) {
    if (typeof each === 'string' && each.includes('\0')) return true
    if (typeof each === 'object' && each !== null) open.push(...Object.values(each))
  }
  return false
}

/** Where the service is, as whoever asks sees it. */
export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`
}
