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
import { added, read, take } from './route.js'

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
    'Builds a transfer to the relay of the home chain, whatever `chain` says',
    relayRequest,
    builtResult,
    builds,
  ),
  relayWithdrawal: take(
    '/relay/withdrawal',
    'Builds a transfer to the relay of the side chain, whatever `chain` says',
    relayRequest,
    builtResult,
    builds,
  ),
  relayFees: read('/relay/fees', "The relay's fee on this chain, `{fees}` in base units", relayFeesResult, party),
  relayPayment: added(
    read(
      '/relay/payments/:transaction',
      'Whether the relay of this chain has paid what a transaction of the other sent to its relay, `{paid}`',
      relayPaymentResult,
      party,
    ),
  ),
  openChannel: take(
    '/offers',
    'Builds initializeOfferChannel; the caller may choose the `guid`',
    offerRequest,
    builtResult,
    builds,
  ),
  offerState: take(
    '/offers/state',
    'The 17 words of a state, `{state}`, for both parties to sign',
    offerStateRequest,
    z.object({ state: text }),
    account,
  ),
  pendingChannels: read('/offers/pending', "Channels with the ambassador's money: `[{guid, address}]`", channels, part),
  openedChannels: read('/offers/opened', 'Channels with both parties', channels, part),
  closedChannels: read('/offers/closed', 'Channels that are paid', channels, part),
  ownChannels: read('/offers/myoffers', 'Channels of the account', channels, part),
  channel: read(
    '/offers/:guid',
    '`{offer_channel}` with its contract and both parties; zero addresses where there is none',
    offerChannelResult,
    account,
  ),
  settlementPeriod: read(
    '/offers/:guid/settlementPeriod',
    'The first block that pays, `{settlementPeriodEnd}`; 0 before a settlement has begun',
    z.object({ settlementPeriodEnd: z.bigint() }),
    account,
  ),
  channelWebsocket: read(
    '/offers/:guid/websocket',
    'Where the ambassador can be reached, `{websocket}`',
    z.object({ websocket: text }),
    account,
  ),
  setChannelUri: take(
    '/offers/:guid/uri',
    'Builds setCommunicationUri, up to 32 bytes',
    offerUriRequest,
    builtResult,
    builds,
  ),
  openAgreement: take(
    '/offers/:guid/open',
    "Builds approve, of the ambassador's balance in the state, and openAgreement",
    offerSignedRequest,
    builtResult,
    builds,
  ),
  joinAgreement: take(
    '/offers/:guid/join',
    'Builds joinAgreement, and an approve before it where the expert has a balance of its own',
    offerSignedRequest,
    builtResult,
    builds,
  ),
  cancelAgreement: take('/offers/:guid/cancel', 'Builds cancelAgreement', undefined, builtResult, builds),
  closeAgreement: take(
    '/offers/:guid/close',
    "Builds close; the ambassador's signature comes first",
    offerAgreedRequest,
    builtResult,
    builds,
  ),
  closeChallenged: take(
    '/offers/:guid/closeChallenged',
    'Builds closeChallenged',
    offerAgreedRequest,
    builtResult,
    builds,
  ),
  startSettle: take('/offers/:guid/settle', 'Builds settle', offerAgreedRequest, builtResult, builds),
  challengeSettle: take('/offers/:guid/challenge', 'Builds challenge', offerAgreedRequest, builtResult, builds),
  channelEvents: read('/events/:guid', 'WebSocket: what the chain says of a channel', 'events', [since]),
  channelMessages: read('/messages/:guid', 'WebSocket: messages between the parties of a channel', 'events', [
    since,
    proof,
  ]),
}
