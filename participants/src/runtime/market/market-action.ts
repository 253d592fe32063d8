import {
  type AssertionOrder,
  approveCall,
  type BountyOrder,
  bringCall,
  depositStakeCall,
  type Guid,
  gasBound,
  type KeeperBatch,
  type MarketCall,
  mintCall,
  postBountyCall,
  postSealedAssertionCall,
  type RevealOrder,
  revealAssertionCall,
  settleBountyCall,
  transferCall,
  type VoteOrder,
  voteOnBountyCall,
  withdrawStakeCall,
} from '@polyswarm/protocol'
import type { Address } from 'viem'
import { NoKeeperContractError } from '../../errors.js'
import type { MarketPin } from './market.js'

/** What a participant can do on chain. */
export type MarketAction =
  | { kind: 'post'; order: BountyOrder; bountyFee: bigint }
  | { kind: 'assert'; order: AssertionOrder; assertionFee: bigint; numArtifacts: number }
  | { kind: 'reveal'; order: RevealOrder; numArtifacts: number }
  | { kind: 'vote'; order: VoteOrder; numArtifacts: number }
  | { kind: 'settle'; guid: Guid; numArtifacts: number }
  | { kind: 'keep'; batch: KeeperBatch; gas: bigint }
  | { kind: 'stake'; amount: bigint }
  | { kind: 'withdraw-stake'; amount: bigint }
  | { kind: 'send'; to: Address; amount: bigint }
  | { kind: 'mint'; to: Address; amount: bigint }
  | { kind: 'allow'; spender: Address; amount: bigint }

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
    case 'keep': {
      if (!market.keeper) throw new NoKeeperContractError()
      return [bringCall(market.keeper, action.batch)]
    }
    case 'stake':
      return [approveCall(market, market.arbiterStaking, action.amount), depositStakeCall(market, action.amount)]
    case 'withdraw-stake':
      return [withdrawStakeCall(market, action.amount)]
    case 'send':
      return [transferCall(market, action.to, action.amount)]
    case 'mint':
      return [mintCall(market, action.to, action.amount)]
    case 'allow':
      return [approveCall(market, action.spender, action.amount)]
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
    case 'keep':
      return [action.gas]
    case 'stake':
      return [gasBound.approve(), gasBound.deposit()]
    case 'withdraw-stake':
      return [gasBound.withdraw()]
    case 'send':
      return [gasBound.transfer()]
    case 'mint':
      return [gasBound.mint()]
    case 'allow':
      return [gasBound.approve()]
  }
}
