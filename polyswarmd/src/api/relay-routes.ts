import { erc20RelayAbi, gasBound, relayRequest, transferCall } from '@polyswarm/protocol'
import { type Route, routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance } from 'fastify'
import type { Address } from 'viem'
import type { ChainName, MarketChain } from '../chain/market-chain.js'
import { buildTransactions } from '../chain/transaction-builder.js'
import { ChainUnavailableError } from '../errors.js'
import type { ApiContext } from './api-context.js'
import { readBody, uint256 } from './body.js'
import { ContractNotDeployedError } from './refusal.js'
import { baseNonce, partyOf, partyOn, transactionOfPath } from './request-values.js'
import { serve } from './serve-route.js'

/** `/relay/…`: the way of NCT from one chain to the other. What the relay of a chain is sent, the other's pays out. */
export function relayRoutes(app: FastifyInstance, context: ApiContext): void {
  const serveTransfer = (route: Route & Pick<typeof routes.relayDeposit, 'result'>, name: ChainName) =>
    serve(app, route, async (request) => {
      const { account, followed } = partyOn(context, request, name)
      const { chain } = followed
      const nonce = baseNonce(request)
      const amount = uint256(readBody(relayRequest, request.body).amount, 'amount')
      const call = transferCall(chain.market, relayOf(chain), amount)
      const planned = { call, gasBound: gasBound.transfer() }
      return { transactions: await buildTransactions(chain, account, nonce, [planned]) }
    })

  serveTransfer(routes.relayDeposit, 'home')
  serveTransfer(routes.relayWithdrawal, 'side')

  serve(app, routes.relayFees, async (request) => {
    const { chain } = partyOf(context, request).followed
    const address = relayOf(chain)
    const fees = await chain.heads
      .answered('relay fees', () => chain.client.readContract({ address, abi: erc20RelayAbi, functionName: 'fees' }))
      .catch((cause) => {
        throw new ChainUnavailableError({ chain: chain.name, cause })
      })
    return { fees }
  })

  serve(app, routes.relayPayment, async (request) => {
    const transaction = transactionOfPath(request)
    const { chain } = partyOf(context, request).followed
    const address = relayOf(chain)
    const ask = (functionName: 'isProcessed' | 'isTransferProcessed') =>
      functionName === 'isProcessed'
        ? chain.client.readContract({ address, abi: erc20RelayAbi, functionName, args: [transaction] })
        : chain.client.readContract({ address, abi: erc20RelayAbi, functionName, args: [transaction, 0n] })
    const answers = await Promise.all([ask('isProcessed'), ask('isTransferProcessed')]).catch((cause) => {
      throw new ChainUnavailableError({ chain: chain.name, cause })
    })
    return { paid: answers.includes(true) }
  })
}

function relayOf({ name, deployment }: MarketChain): Address {
  if (deployment.erc20_relay_address) return deployment.erc20_relay_address
  throw new ContractNotDeployedError({ chain: name, contract: 'relay' })
}
