import { routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { placeOf } from '../access/caller-place.js'
import type { ApiContext } from '../api/api-context.js'
import { RefusalError } from '../api/refusal.js'
import { guidOfPath, queryText } from '../api/request-values.js'
import { type ChannelRow, readChannel } from '../ledger/channel-reader.js'
import { type StreamStart, streamStart } from '../stream/stream-start.js'
import { Subscriber } from '../stream/subscriber.js'
import type { OfferStreams } from './offer-streams.js'
import { partyOfProof } from './party-proof.js'

/** Bytes that may wait for a client before it is told nothing more that is not kept. */
const MAX_WAITING = 256 * 1024

/** How a connection becomes a subscriber: other versions of the API send other words. */
export type NewSubscriber = (socket: WebSocket, start: StreamStart) => Subscriber

/**
 * `/events/<guid>`: what the chain says of one offer channel, until it is closed. `/messages/<guid>`: what its parties tell
 * each other. `since` on both as on `/events`. WebSockets must have been registered with the app.
 */
export async function channelRoutes(
  app: FastifyInstance,
  { log }: ApiContext,
  streams: OfferStreams,
  newSubscriber: { event: NewSubscriber; message: NewSubscriber; words(text: string): string } = {
    event: plainSubscriber,
    message: plainSubscriber,
    words: (text) => text,
  },
): Promise<void> {
  const { ledger, events, rooms, store } = streams

  const channelOf = (request: FastifyRequest): ChannelRow => {
    const channel = readChannel(ledger, guidOfPath(request))
    if (!channel) throw new RefusalError('OFFER_NOT_FOUND')
    return channel
  }

  await app.register(async (scope) => {
    scope.get(
      routes.channelEvents.path,
      {
        websocket: true,
        // Before the upgrade, so that a wrong question gets an answer in HTTP.
        preValidation: async (request) => {
          channelOf(request)
          streamStart(request, ledger)
        },
      },
      (socket, request) => {
        events.serve(newSubscriber.event(socket, streamStart(request, ledger)), channelOf(request).guid)
      },
    )

    scope.get(
      routes.channelMessages.path,
      {
        websocket: true,
        preValidation: async (request) => {
          const channel = channelOf(request)
          streamStart(request, store)
          if (provenParty(request, channel)) return
          if (!rooms.hasPlace(channel.guid, placeOf(request.ip))) throw new RefusalError('ROOM_FULL')
        },
      },
      (socket, request) => {
        const channel = channelOf(request)
        log.debug({ guid: channel.guid }, 'a party of an offer is here')
        const subscriber = newSubscriber.message(socket, streamStart(request, store))
        const tell = (text: string) => {
          // What is not kept is not waited for either.
          if (subscriber.open && socket.bufferedAmount < MAX_WAITING) socket.send(newSubscriber.words(text))
        }
        const proven = provenParty(request, channel)
        rooms.serve({ subscriber, address: placeOf(request.ip), tell, proven }, channel)
      },
    )
  })
}

function provenParty(request: FastifyRequest, channel: ChannelRow) {
  const proof = queryText(request, 'proof')
  return proof === undefined ? null : partyOfProof(proof, channel, Date.now())
}

function plainSubscriber(socket: WebSocket, start: StreamStart): Subscriber {
  return new Subscriber(socket, start)
}
