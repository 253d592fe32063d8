import {
  type AssertionOrder,
  approveCall,
  type BountyOrder,
  batchCall,
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

/** Kinds of which an account's actions can share a transaction, in which each fails alone. */
const BATCHED = ['post', 'assert', 'reveal', 'vote', 'settle'] as const

/** An action that can share a transaction with others of its kind. */
export type BatchedAction = Extract<MarketAction, { kind: (typeof BATCHED)[number] }>

/** Whether an action can share a transaction with others of its kind. */
export function canBeBatched(action: MarketAction): action is BatchedAction {
  return (BATCHED as readonly ActionKind[]).includes(action.kind)
}

/** What a contract takes of the account's NCT for actions of one kind; undefined where it takes nothing. */
export function approvalOf(
  market: MarketPin,
  actions: readonly MarketAction[],
): { spender: Address; amount: bigint } | undefined {
  const amounts = actions.map(costOf).filter((cost) => cost !== undefined)
  if (amounts.length === 0) return undefined
  const spender = actions[0]?.kind === 'stake' ? market.arbiterStaking : market.bountyRegistry
  return { spender, amount: amounts.reduce((sum, amount) => sum + amount, 0n) }
}

function costOf(action: MarketAction): bigint | undefined {
  switch (action.kind) {
    case 'post':
      return action.order.amount + action.bountyFee
    case 'assert':
      return action.order.bids.reduce((sum, bid) => sum + bid, action.assertionFee)
    case 'stake':
      return action.amount
    default:
      return undefined
  }
}

/**
 * The transactions that an action consists of, or several of one kind together, in order, as this participant computes
 * them: nothing else is signed.
 */
export function intendedCalls(market: MarketPin, ...actions: readonly MarketAction[]): MarketCall[] {
  const approval = approvalOf(market, actions)
  const calls = actions.map((action) => callOf(market, action))
  return [
    ...(approval ? [approveCall(market, approval.spender, approval.amount)] : []),
    ...(calls.length > 1 ? [batchCall(market, calls)] : calls),
  ]
}

function callOf(market: MarketPin, action: MarketAction): MarketCall {
  switch (action.kind) {
    case 'post':
      return postBountyCall(market, action.order)
    case 'assert':
      return postSealedAssertionCall(market, action.order)
    case 'reveal':
      return revealAssertionCall(market, action.order)
    case 'vote':
      return voteOnBountyCall(market, action.order)
    case 'settle':
      return settleBountyCall(market, action.guid)
    case 'keep': {
      if (!market.keeper) throw new NoKeeperContractError()
      return bringCall(market.keeper, action.batch)
    }
    case 'stake':
      return depositStakeCall(market, action.amount)
    case 'withdraw-stake':
      return withdrawStakeCall(market, action.amount)
    case 'send':
      return transferCall(market, action.to, action.amount)
    case 'mint':
      return mintCall(market, action.to, action.amount)
    case 'allow':
      return approveCall(market, action.spender, action.amount)
  }
}

/** The most gas that each transaction of {@link intendedCalls} can use. */
export function gasBoundsOf(...actions: readonly MarketAction[]): bigint[] {
  const approves = actions.some((action) => costOf(action) !== undefined)
  const bounds = actions.map(gasBoundOf)
  return [...(approves ? [gasBound.approve()] : []), ...(bounds.length > 1 ? [gasBound.batch(bounds)] : bounds)]
}

/** The most gas that an action can use, without the approval that may go before it. */
export function gasBoundOf(action: MarketAction): bigint {
  switch (action.kind) {
    case 'post':
      return gasBound.postBounty()
    case 'assert':
      return gasBound.postAssertion(action.order.bids.length)
    case 'reveal':
      return gasBound.revealAssertion(action.numArtifacts, Buffer.byteLength(action.order.metadata))
    case 'vote':
      return gasBound.voteOnBounty(action.numArtifacts)
    case 'settle':
      return gasBound.settleBounty(action.numArtifacts)
    case 'keep':
      return action.gas
    case 'stake':
      return gasBound.deposit()
    case 'withdraw-stake':
      return gasBound.withdraw()
    case 'send':
      return gasBound.transfer()
    case 'mint':
      return gasBound.mint()
    case 'allow':
      return gasBound.approve()
  }
}
