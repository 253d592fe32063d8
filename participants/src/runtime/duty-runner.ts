import { type Guid, PolySwarmError } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import { actionOf, type DutyActionScope } from './duty-action.js'
import type { ActionKind } from './market-action.js'
import type { TransactionSender } from './transaction-sender.js'

/** What a duty runner works with. */
export interface DutyRunnerOptions extends DutyActionScope {
  logger: Logger
  sender: TransactionSender
  /** Called where the journal thinks an attempt succeeded and the chain's view is missing. */
  reconcile: (guid: Guid, signal: AbortSignal) => Promise<void>
}

/** Blocks until the chain's view of a mined transaction is asked for, where no event has told it. */
const PATIENCE = 2
const LONGEST_PAUSE: Partial<Record<ActionKind, number>> = { reveal: 2, vote: 4, assert: 2 }

/** An assertion costs nothing where it is not made, and gas where it fails: there is no point in insisting. */
const MOST_ATTEMPTS: Partial<Record<ActionKind, number>> = { assert: 3 }

/** Whether a duty that has failed so often is not tried again. */
export function isHopeless(kind: ActionKind, attempts: number): boolean {
  return attempts >= (MOST_ATTEMPTS[kind] ?? Number.POSITIVE_INFINITY)
}

/**
 * Tries to fulfil duties: one attempt at a time, never a second while the first can still be mined, and after a failure
 * again with growing pauses, for as long as there is a point in it.
 */
export class DutyRunner {
  readonly #options: DutyRunnerOptions
  /** What is being attempted at this moment: nothing of it is in the journal yet. */
  readonly #underWay = new Set<string>()

  constructor(options: DutyRunnerOptions) {
    this.#options = options
  }

  /**
   * Attempts a duty that is due, unless an attempt is under way or a pause is. Can be called for the same duty from several
   * places at the same time: one of them attempts it.
   *
   * @throws retryable errors: then nothing was tried.
   */
  async perform(guid: Guid, kind: ActionKind, head: number, signal: AbortSignal): Promise<void> {
    const { journal, reconcile } = this.#options
    if (guid !== '' && journal.outbox.lastAttempt(guid, kind).state === 'mined') {
      if (head >= journal.duties.get(guid, kind).lastHead + PATIENCE) await reconcile(guid, signal)
      return
    }
    if (!this.isOpen(guid, kind, head)) return
    const duty = nameOf(guid, kind)
    this.#underWay.add(duty)
    try {
      await this.#attempt(guid, kind, head, signal)
    } finally {
      this.#underWay.delete(duty)
    }
  }

  /** Whether a duty that is due would be attempted now: none is under way, none was made with success, no pause is on. */
  isOpen(guid: Guid, kind: ActionKind, head: number): boolean {
    const { journal } = this.#options
    if (this.#underWay.has(nameOf(guid, kind))) return false
    const { state } = journal.outbox.lastAttempt(guid, kind)
    if (state === 'pending' || (state === 'mined' && guid !== '')) return false
    const { attempts, lastHead } = journal.duties.get(guid, kind)
    if (isHopeless(kind, attempts)) return false
    return attempts === 0 || head >= lastHead + pauseAfter(attempts, kind)
  }

  async #attempt(guid: Guid, kind: ActionKind, head: number, signal: AbortSignal): Promise<void> {
    const { journal, sender, logger } = this.#options
    try {
      const action = await actionOf(this.#options, guid, kind, signal)
      if (!action) return
      await sender.submit(guid, action, head, signal)
      journal.duties.attempt(guid, kind, head)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof PolySwarmError)) throw error
      if (error.retryable) throw error
      journal.duties.attempt(guid, kind, head)
      journal.duties.failed(guid, kind, error.message)
      logger.error({ guid, duty: kind, code: error.code, reason: error.message }, 'attempt failed')
    }
  }
}

function nameOf(guid: Guid, kind: ActionKind): string {
  return `${guid} ${kind}`
}

/** Blocks to wait after the n-th failed attempt: what has a deadline is not left for long. */
function pauseAfter(attempts: number, kind: ActionKind): number {
  return Math.min(2 ** Math.min(attempts - 1, 10), LONGEST_PAUSE[kind] ?? 32)
}
