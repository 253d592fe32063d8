import type { FastifyRequest } from 'fastify'
import { RefusalError } from '../api/refusal.js'
import { queryText } from '../api/request-values.js'
import { parseCursor } from '../ledger/cursor.js'

/** Where a client wants to begin, and whether it gets cursors. */
export interface StreamStart {
  withCursors: boolean
  position: number
  /**
   * Where the client gets what is open instead of what it missed: position of the last message that it has seen, null for
   * none.
   */
  openSince?: number | null
}

/** What cursors speak of: a log with positions that only grow. */
export interface PositionedLog {
  id: string
  lastPosition: number
  /** Position up to which some of it is gone. */
  forgottenPosition?: number
}

/** Places in the log by which a client may be behind before what is open is the shorter way: a second or two of reading. */
const MOST_REPLAYED = 10_000

/**
 * Where a client wants to begin. A cursor of another log means nothing here: it gets everything from the beginning, as far as
 * it is kept. With `resume=open`, who is far behind, or would miss what is gone, gets what is open.
 *
 * @throws RefusalError for a `since` that never was a cursor, and for one after which something is gone.
 */
export function streamStart(request: FastifyRequest, log: PositionedLog): StreamStart {
  const since = queryText(request, 'since')
  const { lastPosition: latest, forgottenPosition: forgotten = 0 } = log
  if (since === undefined) return { withCursors: false, position: latest }
  if (since === '' || since === 'latest') return { withCursors: true, position: latest }
  const cursor = since === '0' ? null : parseCursor(since)
  if (since !== '0' && !cursor) throw new RefusalError('CURSOR_INVALID')
  const known = cursor !== null && cursor.ledgerId === log.id && cursor.position <= latest
  const position = known ? cursor.position : 0
  const resume = queryText(request, 'resume')
  if (resume !== undefined && resume !== 'open') throw new RefusalError('RESUME_INVALID')
  if (resume === 'open' && (latest - position > MOST_REPLAYED || position < forgotten)) {
    return { withCursors: true, position: latest, openSince: known ? position : null }
  }
  if (known && position < forgotten) throw new RefusalError('CURSOR_TOO_OLD')
  return { withCursors: true, position }
}
