import {
  offerAgreedRequest,
  offerListEntry,
  offerRequest,
  offerSignedRequest,
  offerStateRequest,
  offerUriRequest,
  relayFeesResult,
  relayPaymentResult,
  relayRequest,
} from '@polyswarm/protocol'
import { z } from 'zod'
import { builtResult } from './built-result.js'
import { number, type Operation, parameters, proof, read, since, take } from './operation.js'

const { account, buildsOnFixedChain: builds, party } = parameters
const text = z.string()

/** The routes of offers and of the relay between the chains. */
export const offerOperations: readonly Operation[] = [
  take('/relay/deposit', 'Builds a transfer from the home to the side chain', relayRequest, builtResult, builds),
  take('/relay/withdrawal', 'Builds a transfer from the side to the home chain', relayRequest, builtResult, builds),
  read('/relay/fees', "The relay's fee", relayFeesResult, party),
  read(
    '/relay/payments/:transaction',
    'Whether the relay has paid what a transaction of the other chain sent to its relay',
    relayPaymentResult,
    party,
  ),
  take('/offers', 'Builds the opening of an offer channel', offerRequest, builtResult, builds),
  take(
    '/offers/state',
    'Encodes a state, for its parties to sign',
    offerStateRequest,
    z.object({ state: text }),
    account,
  ),
  ...(['pending', 'opened', 'closed', 'myoffers'] as const).map((stage) =>
    read(`/offers/${stage}`, 'Offer channels', z.array(offerListEntry), [
      ...account,
      number('page', 'which part, from 0'),
      number('count', 'how many in a part; without it, all'),
    ]),
  ),
  read(
    '/offers/:guid',
    'An offer channel and its parties',
    z.object({ offer_channel: z.object({ msig_address: text, ambassador: text, expert: text }) }),
    account,
  ),
  read(
    '/offers/:guid/settlementPeriod',
    'When a disputed channel can be closed',
    z.object({ settlementPeriodEnd: z.bigint() }),
    account,
  ),
  read('/offers/:guid/websocket', 'Where the ambassador can be reached', z.object({ websocket: text }), account),
  take('/offers/:guid/uri', 'Builds a change of that address', offerUriRequest, builtResult, builds),
  ...(['open', 'join'] as const).map((move) =>
    take(`/offers/:guid/${move}`, `Builds ${move}Agreement`, offerSignedRequest, builtResult, builds),
  ),
  take('/offers/:guid/cancel', 'Builds cancelAgreement', undefined, builtResult, builds),
  ...(['close', 'closeChallenged', 'settle', 'challenge'] as const).map((move) =>
    take(`/offers/:guid/${move}`, `Builds ${move}`, offerAgreedRequest, builtResult, builds),
  ),
  read('/events/:guid', 'WebSocket: what happens to an offer channel', 'events', [since]),
  read('/messages/:guid', 'WebSocket: messages between the parties of an offer channel', 'events', [since, proof]),
]
