import { signedTransactions, withinTime } from '@polyswarm/protocol'
import type { FastifyInstance } from 'fastify'
import type { Hex } from 'viem'
import type { ApiContext } from '../api/api-context.js'
import { readBody } from '../api/body.js'
import { RefusalError } from '../api/refusal.js'
import { TRANSACTIONS_BODY_LIMIT } from '../api/request-body.js'
import { followedChain, namedAccount } from '../api/request-values.js'
import { success } from '../api/success.js'
import { awaitTransactions } from '../chain/await-transactions.js'
import { parseSignedTransaction, relayTransaction } from '../chain/signed-transaction.js'
import { report2018 } from './report-2018.js'

/** How long the answer waits for receipts at most, in ms. */
const RECEIPT_TIMEOUT = 60_000

/** Transactions of one request. There was no limit; no client sends more than a handful. */
const MAX_TRANSACTIONS = 100

const rawTransactions = signedTransactions(MAX_TRANSACTIONS)

/**
 * `POST /transactions` of 2018: sends transactions, waits until they are mined, and answers what they did. What went wrong
 * with a single one is in `errors` of a successful answer; the original left out those it could not read. Programs until
 * September 2018 named no account: then each transaction is in the name of who signed it.
 */
export function transactionRoutes2018(app: FastifyInstance, context: ApiContext): void {
  const options = { bodyLimit: TRANSACTIONS_BODY_LIMIT, config: { optional: ['account'] } }
  app.post('/transactions', options, async (request, reply) => {
    const { access } = context
    // Withdrawals without a key came later.
    if (access.isKeyless(request)) throw new RefusalError('UNAUTHORIZED')
    const followed = followedChain(context, request)
    const account = namedAccount(request)
    const raw = readBody(rawTransactions, request.body).transactions
    const hashes: Hex[] = []
    const errors: string[] = []
    for (const hex of raw) {
      const parsed = parseSignedTransaction(`0x${hex}`)
      if (!parsed) {
        errors.push('Invalid transaction: it cannot be read')
        continue
      }
      const { is_error: isError, message } = await relayTransaction(followed, account ?? parsed.sender, parsed)
      if (!isError) hashes.push(parsed.hash)
      // What the node refuses ends the request; what it was not even asked for does not.
      else if (message.startsWith('Invalid transaction error')) {
        return reply.code(400).send({ status: 'FAIL', errors: message })
      } else errors.push(message)
    }
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    const mined = await withinTime(RECEIPT_TIMEOUT, [gone.signal, context.stopping], (signal) =>
      awaitTransactions(followed, hashes, context.confirmations, signal),
    )
    const wrong = [...errors, ...mined.errors]
    return success({ ...report2018(mined.report), ...(wrong.length > 0 ? { errors: wrong } : {}) })
  })
}
