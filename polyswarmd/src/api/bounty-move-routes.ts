import { routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance } from 'fastify'
import { readMoves } from '../ledger/bounty-moves.js'
import type { ApiContext } from './api-context.js'
import { RefusalError } from './refusal.js'
import { guidOfPath, partyOf } from './request-values.js'
import { serve } from './serve-route.js'

/** The life of one bounty, with the transactions that made it: what events tell of all bounties. */
export function bountyMoveRoutes(app: FastifyInstance, context: ApiContext): void {
  serve(app, routes.bountyMoves, async (request) => {
    const guid = guidOfPath(request)
    const moves = readMoves(partyOf(context, request).followed.ledger, guid)
    if (moves.length === 0) throw new RefusalError('BOUNTY_NOT_FOUND')
    return moves.map(({ event, account, blockNumber, txhash }) => ({
      event,
      account,
      block_number: blockNumber,
      txhash,
    }))
  })
}
