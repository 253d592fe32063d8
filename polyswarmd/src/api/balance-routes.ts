import { arbiterStakingAbi, nectarTokenAbi } from '@polyswarm/protocol'
import { type Route, routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Address, getAddress, isAddress } from 'viem'
import type { MarketChain } from '../chain/market-chain.js'
import { statementPart } from '../statement/statement-page.js'
import type { ApiContext } from './api-context.js'
import { RefusalError } from './refusal.js'
import { followedChain, queryText, wholeNumber } from './request-values.js'
import { serve } from './serve-route.js'

/** `/balances/<address>/…`: base units as decimal strings. */
export function balanceRoutes(app: FastifyInstance, context: ApiContext): void {
  const serveBalance = (
    route: Route & Pick<typeof routes.ethBalance, 'result'>,
    read: (chain: MarketChain, address: Address) => Promise<bigint>,
  ) =>
    serve(app, route, async (request) => {
      const { chain } = followedChain(context, request)
      const address = addressOfPath(request)
      try {
        return String(await read(chain, address))
      } catch (error) {
        context.log.warn({ chain: chain.name, err: error }, 'a balance cannot be read')
        throw new RefusalError('BALANCE_UNAVAILABLE')
      }
    })

  serve(app, routes.statement, async (request) => {
    const followed = followedChain(context, request)
    const account = addressOfPath(request)
    const block = (name: string) => {
      const text = queryText(request, name)
      return text === undefined ? undefined : wholeNumber(text, 'BLOCK_INVALID')
    }
    const { movements, balance, ...place } = await statementPart(followed, account, {
      from: block('from') ?? 0,
      to: block('to'),
    })
    return {
      ...place,
      balance: balance === null ? null : String(balance),
      movements: movements.map((each) => ({
        ...each,
        amount: String(each.amount),
        gas_cost: each.gas_cost === null ? null : String(each.gas_cost),
      })),
    }
  })

  serveBalance(routes.ethBalance, ({ client }, address) => client.getBalance({ address }))
  serveBalance(routes.nctBalance, ({ client, market }, address) =>
    client.readContract({
      address: market.nectarToken,
      abi: nectarTokenAbi,
      functionName: 'balanceOf',
      args: [address],
    }),
  )
  const staking = ({ market }: MarketChain) => ({ address: market.arbiterStaking, abi: arbiterStakingAbi }) as const
  serveBalance(routes.totalStake, (chain, address) =>
    chain.client.readContract({ ...staking(chain), functionName: 'balanceOf', args: [address] }),
  )
  serveBalance(routes.withdrawableStake, (chain, address) =>
    chain.client.readContract({ ...staking(chain), functionName: 'withdrawableBalanceOf', args: [address] }),
  )
}

function addressOfPath(request: FastifyRequest): Address {
  const { address } = request.params as { address: string }
  if (!isAddress(address)) throw new RefusalError('ADDRESS_INVALID')
  return getAddress(address)
}
