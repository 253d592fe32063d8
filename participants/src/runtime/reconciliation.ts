import type { Guid } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { Address } from 'viem'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { GatewayRefusedError } from '../errors.js'
import type { Journal } from './journal.js'

/** What is needed to compare a journal with the chain. */
export interface ReconciliationScope {
  client: PolyswarmdClient
  journal: Journal
  account: Address
  logger: Logger
}

/**
 * Reads from the ledger what this account has done on a bounty, and writes down what the journal has missed: after a
 * restart, and before anything is given up as missed.
 *
 * @throws GatewayUnavailableError, GatewayAnswerError.
 */
export async function reconcile(
  { client, journal, account, logger }: ReconciliationScope,
  guid: Guid,
  signal: AbortSignal,
): Promise<void> {
  const bounty = await client.bounty(guid, signal).catch(missing)
  if (!bounty) return
  const [assertions, votes, settlements] = await Promise.all([
    client.assertions(guid, signal),
    client.votes(guid, signal),
    client.settlements(guid, signal),
  ])
  const { bounties, orders, head } = journal
  journal.write(() => {
    if (orders.get(guid) && bounty.author === account) orders.setPosted(guid, head)
    if (bounty.quorum_reached) bounties.setQuorum(guid, head)
    const position = assertions.findIndex(({ author }) => author === account)
    const assertion = assertions[position]
    if (assertion && bounties.assertion(guid)?.commitment === assertion.commitment) {
      bounties.setPosted(guid, position, head)
      if (assertion.nonce !== 0n) bounties.setRevealed(guid, head)
    } else if (assertion) {
      logger.error(
        { guid },
        'this account asserted something that is not in this journal: it cannot be revealed from here',
      )
    }
    if (votes.some(({ voter }) => voter === account)) bounties.setCast(guid, head)
    const settlement = settlements.find(({ settler }) => settler === account)
    if (settlement) bounties.setSettled(guid, settlement.block_number, settlement.payout)
  })
}

function missing(error: unknown): undefined {
  if (error instanceof GatewayRefusedError && error.status === 404) return undefined
  throw error
}
