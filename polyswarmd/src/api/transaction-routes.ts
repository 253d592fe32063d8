import { findTransactionsBody, sendTransactionsBody, withinTime } from '@polyswarm/protocol'
import { routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Hex } from 'viem'
import { refuseKeyless } from '../access/keyless-withdrawal.js'
import { awaitTransactions } from '../chain/await-transactions.js'
import { parseSignedTransaction, relayTransaction, type SendOutcome } from '../chain/signed-transaction.js'
import type { ApiContext } from './api-context.js'
import { readBody } from './body.js'
import { TRANSACTIONS_BODY_LIMIT } from './request-body.js'
import { partyOf, queryText, wholeNumber } from './request-values.js'
import { serve } from './serve-route.js'

/** How long `GET /transactions` waits for receipts at most, in seconds; `wait` in its query shortens it, down to 0. */
const RECEIPT_TIMEOUT = { home: 60, side: 10 }

/** `POST /transactions` sends signed transactions on; `GET /transactions` tells what became of them. */
export function transactionRoutes(app: FastifyInstance, context: ApiContext): void {
  serve(
    app,
    routes.sendTransactions,
    async (request, reply) => {
      const { account, followed } = partyOf(context, request)
      const raw = readBody(sendTransactionsBody, request.body).transactions
      const odd = raw.find((hex) => hex.length % 2 === 1)
      if (odd !== undefined) return refuse(reply, [failure('Invalid transaction: odd number of hexadecimal digits')])
      const parsed = raw.flatMap((hex) => parseSignedTransaction(`0x${hex}`) ?? [])
      if (parsed.length < raw.length) return refuse(reply, [failure('Unexpected exception while parsing transaction')])
      const { access } = context
      const keyless = access.isKeyless(request) ? refuseKeyless(followed.chain, parsed) : []
      // They travel to the node in one batch, in this order.
      const outcomes = await Promise.all(
        parsed.map((transaction, index) => keyless[index] ?? relayTransaction(followed, account, transaction)),
      )
      followed.follower.poke()
      return outcomes.some((outcome) => outcome.is_error) ? refuse(reply, outcomes) : outcomes
    },
    { bodyLimit: TRANSACTIONS_BODY_LIMIT },
  )

  serve(app, routes.transactionEvents, async (request, reply) => {
    const { followed } = partyOf(context, request)
    const wanted = readBody(findTransactionsBody, request.body).transactions as Hex[]
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    const longest = RECEIPT_TIMEOUT[followed.chain.name]
    const wait = Math.min(wholeNumber(queryText(request, 'wait') ?? `${longest}`, 'WAIT_INVALID'), longest)
    const { report, errors } = await withinTime(wait * 1000, [gone.signal, context.stopping], (signal) =>
      awaitTransactions(followed, wanted, context.confirmations, signal),
    )
    return errors.length > 0 ? refuse(reply, { ...report, errors }) : { ...report, errors }
  })
}

function failure(message: string): SendOutcome {
  return { is_error: true, message }
}

function refuse(reply: FastifyReply, errors: unknown) {
  return reply.code(400).send({ status: 'FAIL', errors })
}
