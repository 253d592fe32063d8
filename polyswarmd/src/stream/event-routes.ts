import websocket from '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ApiContext } from '../api/api-context.js'
import { RefusalError } from '../api/refusal.js'
import { followedChain, queryText } from '../api/request-values.js'
import type { ChainName } from '../chain/market-chain.js'
import { formatCursor, parseCursor } from '../ledger/cursor.js'
import type { Ledger } from '../ledger/ledger.js'
import { EventHub } from './event-hub.js'
import { Subscriber } from './subscriber.js'

/** Clients have nothing to say on `/events`; what they send is dropped, and cut off beyond this many bytes. */
const MAX_INCOMING = 64 * 1024

/** The streams of all chains. */
export interface EventStreams {
  /** Clients connected, by chain. */
  subscribers(): Partial<Record<ChainName, number>>
  /** Ends every connection. */
  stop(): void
}

/**
 * `/events`: all that happens on a chain, in order. `since=CURSOR` continues after a cursor; `since=0` begins with the
 * ledger; `since=` and `since=latest` begin now; all of these get cursors. Without `since` a client gets what the original
 * sent.
 */
export async function eventRoutes(app: FastifyInstance, context: ApiContext): Promise<EventStreams> {
  await app.register(websocket, { options: { maxPayload: MAX_INCOMING, perMessageDeflate: false } })
  const hubs = new Map<Ledger, EventHub>()
  const byChain: Partial<Record<ChainName, EventHub>> = {}
  for (const followed of Object.values(context.chains)) {
    const hub = new EventHub(followed.ledger, context.documents, context.log)
    hubs.set(followed.ledger, hub)
    byChain[followed.chain.name] = hub
  }

  await app.register(async (scope) => {
    scope.get(
      '/events',
      {
        websocket: true,
        // Before the upgrade, so that a wrong question gets an answer in HTTP.
        preValidation: async (request) => {
          startOf(request, followedChain(context, request).ledger)
        },
      },
      (socket, request) => {
        const { ledger } = followedChain(context, request)
        const start = startOf(request, ledger)
        const subscriber = new Subscriber(socket, start)
        socket.send(connectedText(context, ledger, start))
        void hubs.get(ledger)?.serve(subscriber)
      },
    )
  })

  return {
    subscribers: () => Object.fromEntries(Object.entries(byChain).map(([name, hub]) => [name, hub.size])),
    stop: () => {
      for (const hub of hubs.values()) hub.stop()
    },
  }
}

interface Start {
  withCursors: boolean
  position: number
}

/** Where a client wants to begin. A cursor of another ledger means nothing here: it gets everything from the beginning. */
function startOf(request: FastifyRequest, ledger: Ledger): Start {
  const since = queryText(request, 'since')
  const latest = ledger.lastPosition
  if (since === undefined) return { withCursors: false, position: latest }
  if (since === '' || since === 'latest') return { withCursors: true, position: latest }
  if (since === '0') return { withCursors: true, position: 0 }
  const cursor = parseCursor(since)
  if (!cursor) throw new RefusalError('CURSOR_INVALID')
  const known = cursor.ledgerId === ledger.id && cursor.position <= latest
  return { withCursors: true, position: known ? cursor.position : 0 }
}

function connectedText({ startedAt }: ApiContext, ledger: Ledger, { withCursors, position }: Start): string {
  const data = { start_time: (startedAt / 1000).toFixed(3) }
  const cursor = withCursors ? { cursor: formatCursor({ ledgerId: ledger.id, position }) } : {}
  return JSON.stringify({ event: 'connected', data, ...cursor })
}
