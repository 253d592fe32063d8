import { stringifyJson } from '@polyswarm/protocol'
import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../api/api-context.js'
import { artifactRoutes } from '../api/artifact-routes.js'
import { balanceRoutes } from '../api/balance-routes.js'
import { bountyActionRoutes } from '../api/bounty-action-routes.js'
import { bountyRoutes } from '../api/bounty-routes.js'
import { offerActionRoutes } from '../api/offer-action-routes.js'
import { offerRoutes } from '../api/offer-routes.js'
import { relayRoutes } from '../api/relay-routes.js'
import { followedChain } from '../api/request-values.js'
import { buildFrame } from '../api/server.js'
import { stakingRoutes } from '../api/staking-routes.js'
import { statusRoutes } from '../api/status-routes.js'
import { channelRoutes } from '../offers/channel-routes.js'
import type { OfferStreams } from '../offers/offer-streams.js'
import type { EventStreams } from '../stream/event-routes.js'
import { registerWebSockets } from '../stream/websockets.js'
import { speakOf2018 } from './dialect-2018.js'
import { channelEventText2018, eventText2018, offerMessageText2018 } from './event-text-2018.js'
import { refusal2018 } from './refusal-2018.js'
import { Subscriber2018 } from './subscriber-2018.js'
import { transactionRoutes2018 } from './transaction-routes-2018.js'

/** What both versions of the API share. */
export interface SharedStreams {
  events: EventStreams
  offers: OfferStreams
}

/**
 * The API as programs of 2018 know it, ready to listen on a port of its own: the same market behind it. Its default is the
 * home chain; where only one is configured, that one.
 */
export async function buildServer2018(
  context: ApiContext,
  { events, offers }: SharedStreams,
): Promise<FastifyInstance> {
  const old: ApiContext = { ...context, defaultChain: context.chains.home ? 'home' : 'side' }
  const app = await buildFrame(old, refusal2018)
  speakOf2018(app, old)
  for (const routes of [
    statusRoutes,
    transactionRoutes2018,
    balanceRoutes,
    artifactRoutes,
    bountyRoutes,
    bountyActionRoutes,
    stakingRoutes,
    relayRoutes,
    offerRoutes,
    offerActionRoutes,
  ]) {
    routes(app, old)
  }
  await registerWebSockets(app)
  await channelRoutes(app, old, offers, {
    event: (socket, start) => new Subscriber2018(socket, start, channelEventText2018),
    message: (socket, start) => new Subscriber2018(socket, start, offerMessageText2018),
    words: offerMessageText2018,
  })
  await app.register(async (scope) => {
    scope.get(
      '/events',
      {
        websocket: true,
        preValidation: async (request) => {
          followedChain(old, request)
        },
      },
      (socket, request) => {
        const { chain, ledger } = followedChain(old, request)
        const start = { withCursors: false, position: ledger.lastPosition }
        const data = { start_time: (old.startedAt / 1000).toFixed(3) }
        socket.send(stringifyJson({ event: 'connected', data }))
        events.serve(chain.name, new Subscriber2018(socket, start, eventText2018))
      },
    )
  })
  return app
}
