import type { FastifyInstance, FastifyRequest } from 'fastify'
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
  const check = async (request: FastifyRequest, payload: unknown): Promise<unknown> => {
    const built = builtBy(context, payload)
    if (!built) return payload
    const reason = await failureOf(built.followed.chain, partyOf(context, request).account, built.transactions)
    if (reason !== null) throw new WouldFailError({ reason })
    return payload
  }
  app.addHook('preSerialization', (request, _reply, payload, done) => {
    const wanted = queryText(request, 'preflight')
    if (wanted === undefined || wanted === '0' || wanted === 'false') return done(null, payload)
    check(request, payload).then((checked) => done(null, checked), done)
  })
}
