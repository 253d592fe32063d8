import { z } from 'zod'
import {
  offerAgreedRequest,
  offerChannelResult,
  offerListEntry,
  offerRequest,
  offerSignedRequest,
  offerStateRequest,
  offerUriRequest,
  relayFeesResult,
  relayPaymentResult,
  relayRequest,
} from '../offer.js'
import { builtResult } from './built-result.js'
import { number, parameters, proof, since } from './parameter.js'
import { read, take } from './route.js'

const { account, buildsOnFixedChain: builds, party } = parameters
const text = z.string()
const channels = z.array(offerListEntry)
const part = [
  ...account,
  number('page', 'which part, from 0'),
  number('count', 'how many in a part; without it, all'),
] as const

/** Offers, and the relay between the chains. */
export const offerRoutes = {
  relayDeposit: take(
    '/relay/deposit',
    'Builds a transfer from the home to the side chain',
    relayRequest,
    builtResult,
    builds,
  ),
  relayWithdrawal: take(
    '/relay/withdrawal',
    'Builds a transfer from the side to the home chain',
    relayRequest,
    builtResult,
    builds,
  ),
  relayFees: read('/relay/fees', "The relay's fee", relayFeesResult, party),
  relayPayment: read(
    '/relay/payments/:transaction',
    'Whether the relay has paid what a transaction of the other chain sent to its relay',
    relayPaymentResult,
    party,
  ),
  openChannel: take('/offers', 'Builds the opening of an offer channel', offerRequest, builtResult, builds),
  offerState: take(
    '/offers/state',
    'Encodes a state, for its parties to sign',
    offerStateRequest,
    z.object({ state: text }),
    account,
  ),
  pendingChannels: read('/offers/pending', 'Offer channels', channels, part),
  openedChannels: read('/offers/opened', 'Offer channels', channels, part),
  closedChannels: read('/offers/closed', 'Offer channels', channels, part),
  ownChannels: read('/offers/myoffers', 'Offer channels', channels, part),
  channel: read('/offers/:guid', 'An offer channel and its parties', offerChannelResult, account),
  settlementPeriod: read(
    '/offers/:guid/settlementPeriod',
    'When a disputed channel can be closed',
    z.object({ settlementPeriodEnd: z.bigint() }),
    account,
  ),
  channelWebsocket: read(
    '/offers/:guid/websocket',
    'Where the ambassador can be reached',
    z.object({ websocket: text }),
    account,
  ),
  setChannelUri: take('/offers/:guid/uri', 'Builds a change of that address', offerUriRequest, builtResult, builds),
  openAgreement: take('/offers/:guid/open', 'Builds openAgreement', offerSignedRequest, builtResult, builds),
  joinAgreement: take('/offers/:guid/join', 'Builds joinAgreement', offerSignedRequest, builtResult, builds),
  cancelAgreement: take('/offers/:guid/cancel', 'Builds cancelAgreement', undefined, builtResult, builds),
  closeAgreement: take('/offers/:guid/close', 'Builds close', offerAgreedRequest, builtResult, builds),
  closeChallenged: take(
    '/offers/:guid/closeChallenged',
    'Builds closeChallenged',
    offerAgreedRequest,
    builtResult,
    builds,
  ),
  startSettle: take('/offers/:guid/settle', 'Builds settle', offerAgreedRequest, builtResult, builds),
  challengeSettle: take('/offers/:guid/challenge', 'Builds challenge', offerAgreedRequest, builtResult, builds),
  channelEvents: read('/events/:guid', 'WebSocket: what happens to an offer channel', 'events', [since]),
  channelMessages: read('/messages/:guid', 'WebSocket: messages between the parties of an offer channel', 'events', [
    since,
    proof,
  ]),
}
