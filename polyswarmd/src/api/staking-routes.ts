import { arbiterStakingAbi, depositStakeCall, gasBound, stakeRequest, withdrawStakeCall } from '@polyswarm/protocol'
import { routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance } from 'fastify'
import type { Address } from 'viem'
import { chainConstants } from '../chain/chain-constants.js'
import type { MarketChain } from '../chain/market-chain.js'
import { plannedApproval } from '../chain/planned-approval.js'
import { stakeFreeAt } from '../chain/stake-lock.js'
import { buildTransactions } from '../chain/transaction-builder.js'
import { ChainUnavailableError } from '../errors.js'
import type { ApiContext } from './api-context.js'
import { readBody, uint256 } from './body.js'
import { RefusalError, WithdrawalTooLargeError } from './refusal.js'
import { baseNonce, partyOf } from './request-values.js'
import { serve } from './serve-route.js'

/** `/staking/…`: what arbiters lock and take back. */
export function stakingRoutes(app: FastifyInstance, context: ApiContext): void {
  serve(app, routes.stakingParameters, async (request) => {
    const { followed } = partyOf(context, request)
    const constants = await chainConstants(followed.chain)
    return {
      minimum_stake: constants.minimumStake,
      maximum_stake: constants.maximumStake,
      vote_ratio_numerator: constants.voteRatioNumerator,
      vote_ratio_denominator: constants.voteRatioDenominator,
    }
  })

  serve(app, routes.stakingStanding, async (request) => {
    const { account, followed } = partyOf(context, request)
    const { chain } = followed
    const staking = { address: chain.market.arbiterStaking, abi: arbiterStakingAbi, args: [account] } as const
    const [constants, [votes, bounties], eligible, freeAt] = await Promise.all([
      chainConstants(chain),
      chain.client.readContract({ ...staking, functionName: 'arbiterResponseRate' }).catch(unavailable(chain)),
      chain.client.readContract({ ...staking, functionName: 'isEligible' }).catch(unavailable(chain)),
      stakeFreeAt(chain, account).catch(unavailable(chain)),
    ])
    return {
      ...{ votes: Number(votes), bounties: Number(bounties), eligible },
      vote_ratio_numerator: constants.voteRatioNumerator,
      vote_ratio_denominator: constants.voteRatioDenominator,
      free_at: freeAt,
    }
  })

  serve(app, routes.depositStake, async (request) => {
    const { account, followed } = partyOf(context, request)
    const { chain } = followed
    const nonce = baseNonce(request)
    const amount = uint256(readBody(stakeRequest, request.body).amount, 'amount')
    const [{ maximumStake }, staked] = await Promise.all([chainConstants(chain), stakeOf(chain, 'balanceOf', account)])
    if (staked + amount > maximumStake) throw new RefusalError('STAKE_ABOVE_MAXIMUM')
    const { market } = chain
    const transactions = await buildTransactions(chain, account, nonce, [
      plannedApproval(market, market.arbiterStaking, amount),
      { call: depositStakeCall(market, amount), gasBound: gasBound.deposit() },
    ])
    return { transactions }
  })

  serve(app, routes.withdrawStake, async (request) => {
    const { account, followed } = partyOf(context, request)
    const { chain } = followed
    const nonce = baseNonce(request)
    const amount = uint256(readBody(stakeRequest, request.body).amount, 'amount')
    const withdrawable = await stakeOf(chain, 'withdrawableBalanceOf', account)
    if (amount > withdrawable) throw new WithdrawalTooLargeError({ withdrawable })
    const transactions = await buildTransactions(chain, account, nonce, [
      { call: withdrawStakeCall(chain.market, amount), gasBound: gasBound.withdraw() },
    ])
    return { transactions }
  })
}

function unavailable({ name }: MarketChain): (cause: unknown) => never {
  return (cause) => {
    throw new ChainUnavailableError({ chain: name, cause })
  }
}

function stakeOf(
  chain: MarketChain,
  functionName: 'balanceOf' | 'withdrawableBalanceOf',
  account: Address,
): Promise<bigint> {
  return chain.client
    .readContract({ address: chain.market.arbiterStaking, abi: arbiterStakingAbi, functionName, args: [account] })
    .catch(unavailable(chain))
}
