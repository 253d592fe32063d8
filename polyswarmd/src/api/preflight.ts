import type { FastifyInstance } from 'fastify'
import { failureOf } from '../chain/simulate-transactions.js'
import type { BuiltTransaction } from '../chain/transaction-builder.js'
import type { ApiContext } from './api-context.js'
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
    const transactions = transactionsOf(payload)
    const [first] = transactions
    const followed = Object.values(context.chains).find(({ chain }) => chain.deployment.chain_id === first?.chainId)
    if (!first || !followed) return payload
    const reason = await failureOf(followed.chain, partyOf(context, request).account, transactions)
    if (reason !== null) throw new WouldFailError({ reason })
    return payload
  })
}

/** The unsigned transactions of an answer; none where it is of another kind. */
function transactionsOf(payload: unknown): readonly BuiltTransaction[] {
  const { transactions } = (payload as { result?: { transactions?: unknown } } | null)?.result ?? {}
  return Array.isArray(transactions) ? (transactions as BuiltTransaction[]) : []
}
