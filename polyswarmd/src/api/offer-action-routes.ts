import {
  cancelAgreementCall,
  challengeSettleCall,
  closeAgreementCall,
  closeAgreementWithTimeoutCall,
  decodeOfferState,
  gasBound,
  initializeOfferChannelCall,
  joinAgreementCall,
  newGuid,
  type OfferSignatures,
  type OfferState,
  offerAgreedRequest,
  offerRequest,
  offerSignedRequest,
  offerUriRequest,
  openAgreementCall,
  setCommunicationUriCall,
  startSettleCall,
} from '@polyswarm/protocol'
import { type Route, routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Address, type Hex, toHex } from 'viem'
import type { MarketChain } from '../chain/market-chain.js'
import { plannedApproval } from '../chain/planned-approval.js'
import { buildTransactions, type PlannedCall } from '../chain/transaction-builder.js'
import { readChannel } from '../ledger/channel-reader.js'
import type { ApiContext } from './api-context.js'
import { readBody } from './body.js'
import { addressOf } from './offer-state-body.js'
import { ContractNotDeployedError, InvalidBodyError, RefusalError } from './refusal.js'
import { baseNonce, guidOfPath, offersChain, type Party, partyOn } from './request-values.js'
import { serve } from './serve-route.js'

/** Building the transactions of an offer's life. Whether its stage allows them is for its contract to say. */
export function offerActionRoutes(app: FastifyInstance, context: ApiContext): void {
  const name = offersChain(context)

  serve(app, routes.openChannel, async (request) => {
    const { account, followed } = partyOn(context, request, name)
    const nonce = baseNonce(request)
    const { guid, ambassador, expert, settlementPeriodLength } = readBody(offerRequest, request.body)
    const call = initializeOfferChannelCall(offerRegistryOf(followed.chain), {
      guid: guid ?? newGuid(),
      ambassador: addressOf(ambassador, 'ambassador'),
      expert: addressOf(expert, 'expert'),
      settlementPeriodLength: BigInt(settlementPeriodLength),
    })
    const planned = { call, gasBound: gasBound.initializeOfferChannel() }
    return { transactions: await buildTransactions(followed.chain, account, nonce, [planned]) }
  })

  build(routes.setChannelUri, ({ channel, body }) => {
    const { websocketUri } = readBody(offerUriRequest, body)
    if (Buffer.byteLength(websocketUri) > 32) {
      throw new InvalidBodyError({ detail: 'data.websocketUri must be shorter than or equal to 32 characters' })
    }
    return [{ call: setCommunicationUriCall(channel, websocketUri), gasBound: gasBound.setCommunicationUri() }]
  })

  build(routes.openAgreement, ({ channel, chain, body }) => {
    const { bytes, state, signature } = signedState(body)
    const call = openAgreementCall(channel, bytes, signature)
    return [
      plannedApproval(chain.market, channel, state.ambassadorBalance),
      { call, gasBound: gasBound.openAgreement() },
    ]
  })

  build(routes.joinAgreement, ({ channel, chain, body }) => {
    const { bytes, state, signature } = signedState(body)
    const join = { call: joinAgreementCall(channel, bytes, signature), gasBound: gasBound.joinAgreement() }
    // An expert without money of its own, the usual case, has nothing to approve.
    return state.expertBalance === 0n ? [join] : [plannedApproval(chain.market, channel, state.expertBalance), join]
  })

  build(routes.cancelAgreement, ({ channel }) => [
    { call: cancelAgreementCall(channel), gasBound: gasBound.cancelAgreement() },
  ])

  for (const [route, callOf] of [
    [routes.closeAgreement, closeAgreementCall],
    [routes.closeChallenged, closeAgreementWithTimeoutCall],
    [routes.startSettle, startSettleCall],
    [routes.challengeSettle, challengeSettleCall],
  ] as const) {
    build(route, ({ channel, body }) => {
      const { bytes, signatures } = agreedState(body)
      return [{ call: callOf(channel, bytes, signatures), gasBound: gasBound.settleAgreement() }]
    })
  }

  function build(
    route: Route & Pick<typeof routes.startSettle, 'result'>,
    plan: (asked: Asked) => PlannedCall[],
  ): void {
    serve(app, route, async (request) => {
      const { account, followed, channel } = partyOfChannel(request)
      const nonce = baseNonce(request)
      const planned = plan({ channel, chain: followed.chain, body: request.body })
      return { transactions: await buildTransactions(followed.chain, account, nonce, planned) }
    })
  }

  function partyOfChannel(request: FastifyRequest): Party & { channel: Address } {
    const guid = guidOfPath(request)
    const party = partyOn(context, request, name)
    const channel = readChannel(party.followed.ledger, guid)
    if (!channel) throw new RefusalError('OFFER_NOT_FOUND')
    return { ...party, channel: channel.address }
  }
}

interface Asked {
  /** The channel's contract. */
  channel: Address
  chain: MarketChain
  body: unknown
}

function offerRegistryOf({ name, deployment }: MarketChain): Address {
  if (deployment.offer_registry_address) return deployment.offer_registry_address
  throw new ContractNotDeployedError({ chain: name, contract: 'offer registry' })
}

function signedState(body: unknown) {
  const { state, v, r, s } = readBody(offerSignedRequest, body)
  const bytes = prefixed(state)
  return { bytes, state: readState(bytes), signature: { v, r: signaturePart(r), s: signaturePart(s) } }
}

function agreedState(body: unknown) {
  const { state, v, r, s } = readBody(offerAgreedRequest, body)
  const bytes = prefixed(state)
  readState(bytes)
  const of = (party: 0 | 1) => ({ v: v[party] ?? 0, r: signaturePart(r[party]), s: signaturePart(s[party]) })
  const signatures: OfferSignatures = [of(0), of(1)]
  return { bytes, signatures }
}

/** @throws InvalidBodyError for a state that no channel would read. */
function readState(state: Hex): OfferState {
  try {
    return decodeOfferState(state)
  } catch {
    throw new InvalidBodyError({ detail: 'data.state must be 17 words of 32 bytes, as POST /offers/state writes them' })
  }
}

function prefixed(digits: string): Hex {
  return digits.startsWith('0x') ? (digits as Hex) : `0x${digits}`
}

/** Clients write the integer in hexadecimal, with or without 0x, and leave zeros at the front out. */
function signaturePart(digits = '0'): Hex {
  const value = BigInt(prefixed(digits))
  if (value >> 256n !== 0n) throw new InvalidBodyError({ detail: 'data.r and data.s must be 32 bytes' })
  return toHex(value, { size: 32 })
}
