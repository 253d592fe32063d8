import type { FastifyInstance } from 'fastify'
import { failureOf } from '../chain/simulate-transactions.js'
import type { ApiContext } from './api-context.js'
import { builtBy } from './built-transactions.js'
import { WouldFailError } from './refusal.js'
import { partyOf, queryText } from './request-values.js'

/**
 * Routes that build transactions answer with `preflight` in their query only what would be mined with success, and
 * otherwise the reason. Any value but 0 and false asks for it.
 */
export function addPreflight(app: FastifyInstance, context: ApiContext): void {
  app.addHook('preSerialization', async (request, _reply, payload) => {
    const wanted = queryText(request, 'preflight')
    if (wanted === undefined || wanted === '0' || wanted === 'false') return payload
    const built = builtBy(context, payload)
    if (!built) return payload
    const reason = await failureOf(built.followed.chain, partyOf(context, request).account, built.transactions)
    if (reason !== null) throw new WouldFailError({ reason })
    return payload
  })
}
