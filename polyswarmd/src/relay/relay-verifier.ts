import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { LocalAccount } from 'viem'
import { RelayApprover } from './relay-approver.js'
import type { RelayEnd } from './relay-end.js'
import type { RelayJournal } from './relay-journal.js'
import { RelayReader } from './relay-reader.js'

/** What a verifier works with. */
export interface RelayVerifierOptions {
  home: RelayEnd
  side: RelayEnd
  account: LocalAccount
  journal: RelayJournal
  /** Blocks that must stand on a transfer before it is approved, and on an approval before it is done with. */
  confirmations: number
  log: Logger
  /** Milliseconds between two looks. */
  interval: number
}

/** Milliseconds between two tries while something is in the way, at most. */
const LONGEST_PAUSE = 30_000

/**
 * One of the verifiers of a relay: what is sent to the relay of one chain it approves on the other. Both ways are worked on by
 * themselves, so that a chain that stands still does not hold up more than it must.
 */
export class RelayVerifier {
  readonly #options: RelayVerifierOptions

  constructor(options: RelayVerifierOptions) {
    this.#options = options
  }

  /** Works until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { home, side } = this.#options
    await Promise.all([this.#carry(home, side, signal), this.#carry(side, home, signal)])
  }

  async #carry(from: RelayEnd, to: RelayEnd, signal: AbortSignal): Promise<void> {
    const { account, journal, confirmations, log, interval } = this.#options
    const warn = (details: object, message: string) => log.warn(details, message)
    const reader = new RelayReader({ end: from, journal, confirmations, warn })
    const approver = new RelayApprover({ direction: from.name, end: to, account, journal, confirmations, log })
    let pause = interval
    while (!signal.aborted) {
      let isRead = true
      try {
        isRead = await reader.read()
        await approver.work()
        pause = interval
      } catch (error) {
        const [reason = ''] = (error as Error).message.split('\n', 1)
        log.warn({ from: from.name, to: to.name, reason }, 'will try again')
        pause = Math.min(2 * pause, LONGEST_PAUSE)
      }
      if (isRead || pause > interval) await delay(pause, undefined, { signal }).catch(() => undefined)
    }
  }
}
