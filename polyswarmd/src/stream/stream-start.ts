import type { FastifyRequest } from 'fastify'
import { RefusalError } from '../api/refusal.js'
import { queryText } from '../api/request-values.js'
import { parseCursor } from '../ledger/cursor.js'

/** Where a client wants to begin, and whether it gets cursors. */
export interface StreamStart {
  withCursors: boolean
  position: number
}

/** What cursors speak of: a log with positions that only grow. */
export interface PositionedLog {
  id: string
  lastPosition: number
}

/**
 * Where a client wants to begin. A cursor of another log means nothing here: it gets everything from the beginning.
 *
 * @throws RefusalError for a `since` that never was a cursor.
 */
export function streamStart(request: FastifyRequest, log: PositionedLog): StreamStart {
  const since = queryText(request, 'since')
  const latest = log.lastPosition
  if (since === undefined) return { withCursors: false, position: latest }
  if (since === '' || since === 'latest') return { withCursors: true, position: latest }
  if (since === '0') return { withCursors: true, position: 0 }
  const cursor = parseCursor(since)
  if (!cursor) throw new RefusalError('CURSOR_INVALID')
  const known = cursor.ledgerId === log.id && cursor.position <= latest
  return { withCursors: true, position: known ? cursor.position : 0 }
}
