import type { FastifyRequest } from 'fastify'
import { type Address, getAddress, isAddress } from 'viem'
import type { Page } from '../ledger/bounty-list.js'
import { RefusalError } from './refusal.js'
import { queryText, wholeNumber } from './request-values.js'

/** Rows of a page that names no limit, and the most of any. */
const DEFAULT_LIMIT = 25
const MAX_LIMIT = 100

/** Which part of a list is asked for. @throws RefusalError where that is no place, or no number of rows. */
export function pageOf(request: FastifyRequest): Page {
  const after = wholeNumber(queryText(request, 'after') ?? '0', 'PAGE_INVALID')
  const limit = wholeNumber(queryText(request, 'limit') ?? String(DEFAULT_LIMIT), 'PAGE_INVALID')
  if (limit < 1 || limit > MAX_LIMIT) throw new RefusalError('LIMIT_INVALID')
  return { after, limit }
}

/** The same of a list that can be asked for from its end. @throws RefusalError where the order is none. */
export function orderedPageOf(request: FastifyRequest): Page {
  const order = queryText(request, 'order') ?? 'oldest'
  if (order !== 'oldest' && order !== 'newest') throw new RefusalError('ORDER_INVALID')
  return { ...pageOf(request), newest: order === 'newest' }
}

/** The account that a list is limited to; undefined for all. @throws RefusalError where it is no address. */
export function accountOfQuery(request: FastifyRequest, name: string): Address | undefined {
  const text = queryText(request, name)
  if (text === undefined) return undefined
  if (!isAddress(text, { strict: false })) throw new RefusalError('ADDRESS_INVALID')
  return getAddress(text.toLowerCase() as Address)
}
