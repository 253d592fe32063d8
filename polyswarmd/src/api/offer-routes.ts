import { type Guid, guidToUint128, offerStateRequest } from '@polyswarm/protocol'
import { routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hexToBytes, zeroAddress } from 'viem'
import {
  type ChannelRow,
  type OffsetPage,
  readChannel,
  readChannelsIn,
  readChannelsOf,
  readCommunicationUri,
  readSettlementPeriodEnd,
} from '../ledger/channel-reader.js'
import type { ApiContext } from './api-context.js'
import { readBody } from './body.js'
import { stateOfRequest } from './offer-state-body.js'
import { RefusalError } from './refusal.js'
import { guidOfPath, offersChain, partyOn, queryText, wholeNumber } from './request-values.js'
import { serve } from './serve-route.js'

/** Reading offer channels, all from the ledger, and writing the states that their parties sign. */
export function offerRoutes(app: FastifyInstance, context: ApiContext): void {
  const chain = offersChain(context)

  for (const [route, stage] of [
    [routes.pendingChannels, 'pending'],
    [routes.openedChannels, 'opened'],
    [routes.closedChannels, 'closed'],
  ] as const) {
    serve(app, route, async (request) => {
      const { followed } = partyOn(context, request, chain)
      return readChannelsIn(followed.ledger, stage, pageOf(request)).map(listEntry)
    })
  }

  serve(app, routes.ownChannels, async (request) => {
    const { account, followed } = partyOn(context, request, chain)
    return readChannelsOf(followed.ledger, account, pageOf(request)).map(listEntry)
  })

  serve(app, routes.channel, async (request) => {
    const guid = guidOfPath(request)
    const { ledger } = partyOn(context, request, chain).followed
    const channel = readChannel(ledger, guid)
    return {
      offer_channel: {
        msig_address: channel?.address ?? zeroAddress,
        ambassador: channel?.ambassador ?? zeroAddress,
        expert: channel?.expert ?? zeroAddress,
      },
    }
  })

  serve(app, routes.settlementPeriod, async (request) => {
    const guid = guidOfPath(request)
    const { ledger } = partyOn(context, request, chain).followed
    if (!readChannel(ledger, guid)) throw new RefusalError('OFFER_NOT_FOUND')
    return { settlementPeriodEnd: readSettlementPeriodEnd(ledger, guid) }
  })

  serve(app, routes.channelWebsocket, async (request) => {
    const guid = guidOfPath(request)
    const { ledger } = partyOn(context, request, chain).followed
    if (!readChannel(ledger, guid)) throw new RefusalError('OFFER_NOT_FOUND')
    const word = readCommunicationUri(ledger, guid)
    const uri = word && textOf(hexToBytes(word))
    if (!uri || !isWebSocketUri(uri)) throw new RefusalError('OFFER_URI_INVALID')
    return { websocket: uri }
  })

  serve(app, routes.offerState, async (request) => {
    const { followed } = partyOn(context, request, chain)
    const body = readBody(offerStateRequest, request.body)
    return { state: stateOfRequest(body, followed.chain.market.nectarToken) }
  })
}

/** The original had no pages here: without `count`, the list is whole. */
function pageOf(request: FastifyRequest): OffsetPage {
  const count = queryText(request, 'count')
  if (count === undefined) return { offset: 0, limit: -1 }
  const limit = wholeNumber(count, 'PAGE_INVALID')
  const page = wholeNumber(queryText(request, 'page') ?? '0', 'PAGE_INVALID')
  // No list is that long.
  return { offset: Math.min(page * limit, Number.MAX_SAFE_INTEGER), limit }
}

function listEntry({ guid, address }: ChannelRow) {
  return { guid: guidToUint128(guid as Guid), address }
}

/** UTF-8 without the zeros that fill the word; null where it is none. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const length = bytes.findLastIndex((byte) => byte !== 0) + 1
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length))
  } catch {
    return null
  }
}

/** A domain, localhost or an IPv4 address, with or without port and path. */
function isWebSocketUri(text: string): boolean {
  return /^wss?:\/\/(localhost|\d{1,3}(\.\d{1,3}){3}|([a-z0-9-]+\.)+[a-z][a-z0-9-]*)(:\d{1,5})?(\/\S*)?$/i.test(text)
}
