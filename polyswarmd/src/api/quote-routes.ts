import { quoteRequest } from '@polyswarm/protocol'
import { routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance } from 'fastify'
import { quoteCalls } from '../chain/quote-calls.js'
import { readChannelAt } from '../ledger/channel-reader.js'
import type { ApiContext } from './api-context.js'
import { readBody } from './body.js'
import { RefusalError } from './refusal.js'
import { partyOf } from './request-values.js'
import { serve } from './serve-route.js'

/** `POST /quote`: what an account needs to sign transactions that it has computed itself. */
export function quoteRoutes(app: FastifyInstance, context: ApiContext): void {
  serve(app, routes.quote, async (request) => {
    const { account, followed } = partyOf(context, request)
    const { chain, ledger } = followed
    const { calls } = readBody(quoteRequest, request.body)
    if (calls.some(({ to }) => !chain.contracts.includes(to) && !readChannelAt(ledger, to))) {
      throw new RefusalError('QUOTE_RECIPIENT_INVALID')
    }
    const quote = await quoteCalls(chain, account, calls)
    return {
      chain_id: chain.deployment.chain_id,
      block: Number(quote.block),
      nonce: quote.nonce,
      gas_price: quote.gasPrice,
      calls: quote.calls,
    }
  })
}
