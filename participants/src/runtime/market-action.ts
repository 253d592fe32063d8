import {
  type AssertionOrder,
  approveCall,
  type BountyOrder,
  booleansFromMask,
  depositStakeCall,
  type Guid,
  gasBound,
  type MarketCall,
  postBountyCall,
  postSealedAssertionCall,
  type RevealOrder,
  revealAssertionCall,
  settleBountyCall,
  type VoteOrder,
  voteOnBountyCall,
  withdrawStakeCall,
} from '@polyswarm/protocol'
import type { MarketPin } from './market.js'

/** What a participant can do on chain. */
export type MarketAction =
  | { kind: 'post'; order: BountyOrder; bountyFee: bigint }
  | { kind: 'assert'; order: AssertionOrder; assertionFee: bigint; numArtifacts: number }
  | { kind: 'reveal'; order: RevealOrder; numArtifacts: number }
  | { kind: 'vote'; order: VoteOrder; numArtifacts: number }
  | { kind: 'settle'; guid: Guid; numArtifacts: number }
  | { kind: 'stake'; amount: bigint }
  | { kind: 'withdraw-stake'; amount: bigint }

/** The name of an action, which is also that of the duty it fulfils. */
export type ActionKind = MarketAction['kind']

/** The transactions that an action consists of, in order, as this participant computes them: nothing else is signed. */
export function intendedCalls(market: MarketPin, action: MarketAction): MarketCall[] {
  switch (action.kind) {
    case 'post':
      return [
        approveCall(market, market.bountyRegistry, action.order.amount + action.bountyFee),
        postBountyCall(market, action.order),
      ]
    case 'assert': {
      const bids = action.order.bids.reduce((sum, bid) => sum + bid, 0n)
      return [
        approveCall(market, market.bountyRegistry, bids + action.assertionFee),
        postSealedAssertionCall(market, action.order),
      ]
    }
    case 'reveal':
      return [revealAssertionCall(market, action.order)]
    case 'vote':
      return [voteOnBountyCall(market, action.order)]
    case 'settle':
      return [settleBountyCall(market, action.guid)]
    case 'stake':
      return [approveCall(market, market.arbiterStaking, action.amount), depositStakeCall(market, action.amount)]
    case 'withdraw-stake':
      return [withdrawStakeCall(market, action.amount)]
  }
}

/** The most gas that each transaction of {@link intendedCalls} can use. */
export function gasBoundsOf(action: MarketAction): bigint[] {
  switch (action.kind) {
    case 'post':
      return [gasBound.approve(), gasBound.postBounty()]
    case 'assert':
      return [gasBound.approve(), gasBound.postAssertion(action.order.bids.length)]
    case 'reveal':
      return [gasBound.revealAssertion(action.numArtifacts, Buffer.byteLength(action.order.metadata))]
    case 'vote':
      return [gasBound.voteOnBounty(action.numArtifacts)]
    case 'settle':
      return [gasBound.settleBounty(action.numArtifacts)]
    case 'stake':
      return [gasBound.approve(), gasBound.deposit()]
    case 'withdraw-stake':
      return [gasBound.withdraw()]
  }
}

/** The route that builds an action's transactions, and its body. The daemon learns no secret from it before its time. */
export function buildRequest(action: MarketAction): { path: string; body: unknown } {
  switch (action.kind) {
    case 'post': {
      const { guid, artifactType, amount, uri, duration, metadata } = action.order
      const body = { guid, artifact_type: artifactType, amount: amount.toString(), uri, duration }
      return { path: '/bounties', body: metadata === '' ? body : { ...body, metadata } }
    }
    case 'assert': {
      const { guid, bids, mask, commitment } = action.order
      return {
        path: `/bounties/${guid}/assertions`,
        body: {
          bid: bids.map(String),
          mask: booleansFromMask(mask, action.numArtifacts),
          commitment: commitment.toString(),
          seal: 'bound',
        },
      }
    }
    case 'reveal': {
      const { guid, index, nonce, verdicts, metadata } = action.order
      return {
        path: `/bounties/${guid}/assertions/${index}/reveal`,
        body: { nonce: nonce.toString(), verdicts: booleansFromMask(verdicts, action.numArtifacts), metadata },
      }
    }
    case 'vote': {
      const { guid, votes, validBloom } = action.order
      return {
        path: `/bounties/${guid}/vote`,
        body: { votes: booleansFromMask(votes, action.numArtifacts), valid_bloom: validBloom },
      }
    }
    case 'settle':
      return { path: `/bounties/${action.guid}/settle`, body: {} }
    case 'stake':
      return { path: '/staking/deposit', body: { amount: action.amount.toString() } }
    case 'withdraw-stake':
      return { path: '/staking/withdraw', body: { amount: action.amount.toString() } }
  }
}
