import type { FastifyInstance } from 'fastify'
import { feesPerGas } from '../chain/gas-fees.js'
import type { MarketChain } from '../chain/market-chain.js'
import type { ApiContext } from './api-context.js'
import { builtBy } from './built-transactions.js'
import { RefusalError } from './refusal.js'
import { queryText } from './request-values.js'

/**
 * Routes that build transactions give them the shape of EIP-1559 with `fees=eip1559` in their query: with the most that
 * is paid for a unit of gas, of which what the block does not ask for stays with the sender. Programs of the original
 * hand the legacy shape to their signers, so nothing else changes it.
 */
export function addDynamicFees(app: FastifyInstance, context: ApiContext): void {
  const price = async (wanted: string, payload: unknown): Promise<unknown> => {
    const built = builtBy(context, payload)
    // The answer that says what was wrong comes by here as well.
    if (!built) return payload
    if (wanted !== 'eip1559') throw new RefusalError('FEES_INVALID')
    const fees = await feesOf(built.followed.chain)
    const transactions = built.transactions.map(({ gasPrice: _legacy, ...rest }) => ({ ...rest, type: 2, ...fees }))
    const { result } = payload as { result: object }
    return { ...(payload as object), result: { ...result, transactions } }
  }
  app.addHook('preSerialization', (request, _reply, payload, done) => {
    const wanted = queryText(request, 'fees')
    if (wanted === undefined || wanted === 'legacy') return done(null, payload)
    price(wanted, payload).then((priced) => done(null, priced), done)
  })
}

function feesOf(chain: MarketChain) {
  return chain.deployment.free ? { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n } : feesPerGas(chain)
}
