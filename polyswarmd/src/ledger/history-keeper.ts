import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Ledger } from './ledger.js'

/** What a keeper works with. */
export interface HistoryKeeperOptions {
  ledgers: readonly Ledger[]
  /** Blocks after the end of a bounty for which the ledger remembers it. */
  keptBlocks: number
  /** Up to which block a ledger is no longer needed by others; by default they need nothing. */
  doneWith?: (ledger: Ledger) => number
  log: Logger
}

/** The fewest blocks of history that can be kept: more than a re-org takes back, and than a participant is away for. */
export const FEWEST_BLOCKS_KEPT = 1_000

/** Bounties that are forgotten in one go: some milliseconds, in which nobody is served. */
const AT_A_TIME = 16

/** Milliseconds between two goes while there is more to forget. */
const PAUSE = 20

/** Milliseconds between two looks at what has become old. */
const INTERVAL = 2_000

/** Forgets, a little at a time, the bounties of ledgers that have long been over, until the signal is aborted. */
export async function keepHistory(options: HistoryKeeperOptions, signal: AbortSignal): Promise<void> {
  const { ledgers, keptBlocks, doneWith, log } = options
  while (!signal.aborted) {
    let most = 0
    for (const ledger of ledgers) {
      try {
        const old = (ledger.head?.number ?? -1) - keptBlocks
        most = Math.max(most, ledger.forget(Math.min(old, doneWith?.(ledger) ?? old), AT_A_TIME))
      } catch (error) {
        log.error({ err: error }, 'history could not be forgotten; trying again')
      }
    }
    await delay(most === AT_A_TIME ? PAUSE : INTERVAL, undefined, { signal }).catch(() => undefined)
  }
}
