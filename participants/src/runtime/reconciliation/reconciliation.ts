import type { Guid, PolySwarmError } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { Address } from 'viem'
import { isUnusable } from '../../client/passing-error.js'
import type { PolyswarmdClient } from '../../client/polyswarmd-client.js'
import { GatewayRefusedError } from '../../errors.js'
import type { Journal } from '../journal/journal.js'

/** What is needed to compare a journal with the chain. */
export interface ReconciliationScope {
  client: PolyswarmdClient
  journal: Journal
  account: Address
  logger: Logger
}

/** How often a bounty is asked about before the journal goes on without the answers that are of no use. */
const TRIES = 3

/** Reads from the ledger what this account has done on bounties, and writes down what the journal has missed. */
export class Reconciliation {
  readonly #scope: ReconciliationScope
  /** How often answers about a bounty were of no use. */
  readonly #failures = new Map<Guid, number>()

  constructor(scope: ReconciliationScope) {
    this.#scope = scope
  }

  /**
   * Compares one bounty: after a restart, and before anything is given up as missed. Answers of no use (strangers may have
   * made them too long to read) do not take the others with them.
   *
   * @throws GatewayUnavailableError, and for the first two times an answer is of no use, what is wrong with it.
   */
  async compare(guid: Guid, signal: AbortSignal): Promise<void> {
    const { client, journal, account, logger } = this.#scope
    const unusable: PolySwarmError[] = []
    const usable = (error: unknown): undefined => {
      if (!isUnusable(error)) throw error
      unusable.push(error)
    }
    const bounty = await client.bounty(guid, signal).catch(missing).catch(usable)
    if (!bounty && unusable.length === 0) return
    const [assertions = [], votes = [], settlements = []] = await Promise.all([
      client.assertions(guid, signal).catch(usable),
      client.votes(guid, signal).catch(usable),
      client.settlements(guid, signal).catch(usable),
    ])
    const { bounties, plannedBounties, head } = journal
    journal.write(() => {
      if (plannedBounties.get(guid) && bounty?.author === account) {
        plannedBounties.setPosted(guid, head)
        if (!bounties.get(guid)) bounties.announce({ ...bounty, artifactType: bounty.artifact_type, block: head })
        bounties.decide(guid, 'post', 'posted by this ambassador')
      }
      if (bounty?.quorum_reached) bounties.setQuorum(guid, head)
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
    this.#count(guid, unusable[0])
  }

  /** @throws the failure, until there have been enough of them. */
  #count(guid: Guid, failure: PolySwarmError | undefined): void {
    const failures = (this.#failures.get(guid) ?? 0) + 1
    this.#failures.delete(guid)
    if (!failure) return
    if (failures >= TRIES) {
      this.#scope.logger.warn({ guid, reason: failure.message }, 'going on without what could not be read')
      return
    }
    this.#failures.set(guid, failures)
    throw failure
  }
}

function missing(error: unknown): undefined {
  if (error instanceof GatewayRefusedError && error.status === 404) return undefined
  throw error
}
