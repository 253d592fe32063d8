import type { Guid } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import { isPassing } from '../../client/passing-error.js'
import type { Decision } from '../journal/decision.js'
import type { Journal } from '../journal/journal.js'
import type { Reconciliation } from './reconciliation.js'

/** What a participant's own bounties are compared with, and who hears of it. */
export interface OwnBountiesOptions {
  journal: Journal
  logger: Logger
  reconciliation: Reconciliation
  /** A bounty has been compared: something may be due on it, or not any more. */
  compared: (guid: Guid) => void
}

/** Decisions by which a participant has a part in a bounty. */
const PARTS: ReadonlySet<Decision> = new Set(['assert', 'vote', 'post'])

/**
 * Compares the bounties that a participant has a part in with the chain, one after another, beside its duties: what is due is
 * in the journal, and does not wait for answers that others can make long.
 */
export class OwnBounties {
  readonly #options: OwnBountiesOptions
  #underWay: Promise<void> | undefined
  /** What happened while a comparison was under way may have been asked for too early. */
  #again = false

  constructor(options: OwnBountiesOptions) {
    this.#options = options
  }

  /** Begins to compare all of them; after the comparison that is under way, if one is. @returns how many they are. */
  compare(signal: AbortSignal): number {
    const { bounties, plannedBounties } = this.#options.journal
    const own = bounties.standings().filter(({ decision }) => decision !== null && PARTS.has(decision))
    const guids = [...own.map(({ guid }) => guid), ...plannedBounties.unheard()]
    this.#again = this.#underWay !== undefined
    this.#underWay ??= this.#compareAll(guids, signal).finally(() => {
      this.#underWay = undefined
      if (this.#again) this.compare(signal)
    })
    return guids.length
  }

  /** Ends when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#underWay) await this.#underWay
  }

  async #compareAll(guids: readonly Guid[], signal: AbortSignal): Promise<void> {
    try {
      for (const guid of guids) {
        await this.#compareOne(guid, signal)
        this.#options.compared(guid)
      }
    } catch (error) {
      if (!signal.aborted) this.#options.logger.warn({ reason: (error as Error).message }, 'will try again')
    }
  }

  /** Compares one of them, as far as polyswarmd's answers can be read. */
  async #compareOne(guid: Guid, signal: AbortSignal): Promise<void> {
    const { reconciliation, logger } = this.#options
    try {
      await reconciliation.compare(guid, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!isPassing(error)) throw error
      logger.warn({ guid, reason: error.message }, 'will try again')
    }
  }
}
