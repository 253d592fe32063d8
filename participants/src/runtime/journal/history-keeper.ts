import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Journal } from './journal.js'

/** What is forgotten, and when. */
export interface HistoryKeeperOptions {
  journal: Journal
  logger: Logger
  /** Blocks for which a bounty stays in the journal after nothing was left to do on it. */
  keptBlocks: number
  /** Milliseconds between two looks at what has become old; 5,000 by default. */
  interval?: number
}

/** The fewest blocks of history that can be kept: more than a re-org takes back. */
export const FEWEST_BLOCKS_KEPT = 1_000

/** Bounties that are forgotten in one go: a few milliseconds, in which no duty is seen to. */
const AT_A_TIME = 16

/** Milliseconds between two goes while there is more to forget. */
const PAUSE = 50

/**
 * Forgets, a little at a time, the bounties of a journal that have long been over, until the signal is aborted.
 *
 * @throws JournalWriteError where the journal cannot be written.
 */
export async function keepHistory(options: HistoryKeeperOptions, signal: AbortSignal): Promise<void> {
  const { journal, logger, keptBlocks, interval = 5_000 } = options
  let total = 0
  while (!signal.aborted) {
    const before = journal.head - keptBlocks
    const forgotten = before > 0 ? journal.write(() => journal.history.forget(before, AT_A_TIME)) : 0
    total += forgotten
    const more = forgotten === AT_A_TIME
    if (!more && total > 0) {
      logger.debug({ bounties: total }, 'forgot what is over')
      total = 0
    }
    await delay(more ? PAUSE : interval, undefined, { signal }).catch(() => undefined)
  }
}
