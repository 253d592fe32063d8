import { stringifyJson } from '@polyswarm/protocol'
import { routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../api/api-context.js'
import { followedChain } from '../api/request-values.js'
import type { ChainName } from '../chain/market-chain.js'
import { OverloadedError } from '../errors.js'
import { formatCursor } from '../ledger/cursor.js'
import type { Ledger } from '../ledger/ledger.js'
import { EventHub } from './event-hub.js'
import { QueuedBytes } from './queued-bytes.js'
import { type StreamStart, streamStart } from './stream-start.js'
import { Subscriber } from './subscriber.js'
import { registerWebSockets } from './websockets.js'

/** Clients of all chains at the same time. */
const MAX_SUBSCRIBERS = 4_096

/** How long one that found no place should wait, in seconds. */
const PAUSE = 10

/** Bytes that may wait for all of them together, each frame counted once. */
const MAX_QUEUED = 64 * 1024 * 1024

/** The streams of all chains. */
export interface EventStreams {
  /** Clients connected, by chain. */
  subscribers(): Partial<Record<ChainName, number>>
  /** Sends a chain's events to a client that was accepted elsewhere. */
  serve(chain: ChainName, subscriber: Subscriber): void
  /** Ends every connection. */
  stop(): void
}

/**
 * `/events`: all that happens on a chain, in order. `since=CURSOR` continues after a cursor; `since=0` begins with the
 * ledger; `since=` and `since=latest` begin now; all of these get cursors. With `resume=open` a client that is far behind
 * is told of what is open instead, then `snapshot`, and goes on from there. Without `since` a client gets what the original
 * sent.
 */
export async function eventRoutes(app: FastifyInstance, context: ApiContext): Promise<EventStreams> {
  await registerWebSockets(app)
  const hubs = new Map<Ledger, EventHub>()
  const queued = new QueuedBytes(MAX_QUEUED)
  const byChain: Partial<Record<ChainName, EventHub>> = {}
  for (const followed of Object.values(context.chains)) {
    const hub = new EventHub(followed.ledger, context.documents, context.log, { queued })
    hubs.set(followed.ledger, hub)
    byChain[followed.chain.name] = hub
  }

  await app.register(async (scope) => {
    scope.get(
      routes.events.path,
      {
        websocket: true,
        // Before the upgrade, so that a wrong question gets an answer in HTTP.
        preValidation: async (request) => {
          const subscribers = [...hubs.values()].reduce((sum, { size }) => sum + size, 0)
          if (subscribers >= MAX_SUBSCRIBERS) throw new OverloadedError({ retryAfter: PAUSE })
          streamStart(request, followedChain(context, request).ledger)
        },
      },
      (socket, request) => {
        const { ledger } = followedChain(context, request)
        const start = streamStart(request, ledger)
        const subscriber = new Subscriber(socket, start, request.raw.socket)
        socket.send(connectedText(context, ledger, start))
        void hubs.get(ledger)?.serve(subscriber, start.openSince)
      },
    )
  })

  return {
    subscribers: () => Object.fromEntries(Object.entries(byChain).map(([name, hub]) => [name, hub.size])),
    serve: (chain, subscriber) => void byChain[chain]?.serve(subscriber),
    stop: () => {
      for (const hub of hubs.values()) hub.stop()
    },
  }
}

/** Before what is open has been told, there is nothing to go on from: no cursor yet. */
function connectedText({ startedAt }: ApiContext, ledger: Ledger, { position, ...start }: StreamStart): string {
  const withCursors = start.withCursors && start.openSince === undefined
  const data = { start_time: (startedAt / 1000).toFixed(3) }
  const cursor = withCursors ? { cursor: formatCursor({ ledgerId: ledger.id, position }) } : {}
  return stringifyJson({ event: 'connected', data, ...cursor })
}
