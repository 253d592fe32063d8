import { randomUUID } from 'node:crypto'
import { stringifyJson, withinTime } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { ArbiterCase, CaseBook } from './case-book.js'

/** Who brings reminders to people; a WebhookSender does. */
interface ReminderCarrier {
  deliver(delivery: { event: string; id: string; body: Uint8Array }, signal: AbortSignal): Promise<unknown>
}

/** What reminders are made of. */
export interface CaseReminderOptions {
  book: CaseBook
  chain: string
  carrier: ReminderCarrier
  logger: Pick<Logger, 'info' | 'warn'>
  /** Milliseconds between two reminders of new cases: a flood of cases is no flood of reminders. */
  every: number
  /** Milliseconds before a case is too late at which it is urgent. */
  urgentBefore: number
  /** Milliseconds since 1970. */
  now: () => number
}

/** Cases that a reminder names. */
const MOST_NAMED = 10
/** Blocks that stand for the urgent time while nobody knows how fast they come. */
const URGENT_BLOCKS = 10
/** Milliseconds for which a reminder is tried, and after which one that failed is tried again. */
const PATIENCE = 60_000

/**
 * Reminds people that something waits for them: when there are new cases, and once more when one is nearly too late. What
 * was delivered is in the case book, so that a restart repeats nothing and leaves nothing out.
 */
export class CaseReminder {
  readonly #options: CaseReminderOptions
  readonly #stop = new AbortController()
  #delivery: Promise<void> | undefined
  #notBefore = 0

  constructor(options: CaseReminderOptions) {
    this.#options = options
  }

  /** Looks whether a reminder is due with this block, and sends it off. */
  remind(head: number): void {
    const { book, chain, now, every } = this.#options
    if (this.#delivery || now() < this.#notBefore) return
    const last = book.reminded(chain)
    const { fresh, newest } = book.newerThan(chain, last.lastCase)
    const urgentUntil = head + this.#urgentBlocks()
    const urgent = book.list({
      chain,
      limit: 1,
      after: { closesHead: last.urgentHead, id: Number.MAX_SAFE_INTEGER },
    })[0]
    const isUrgent = urgent !== undefined && urgent.closesHead <= urgentUntil
    if (!isUrgent && (fresh === 0 || now() < last.at + every)) return
    const mark = { lastCase: newest, urgentHead: isUrgent ? urgentUntil : last.urgentHead, at: now() }
    this.#delivery = this.#deliver({ head, fresh, isUrgent }, mark).finally(() => {
      this.#delivery = undefined
    })
  }

  /** Gives up what is under way; it is due again after a restart. */
  async end(): Promise<void> {
    this.#stop.abort(new DOMException('Stopping.', 'AbortError'))
    await this.#delivery
  }

  #urgentBlocks(): number {
    const { book, chain, urgentBefore } = this.#options
    const blockTime = book.clock(chain)?.blockTime
    return blockTime ? Math.ceil(urgentBefore / blockTime) : URGENT_BLOCKS
  }

  async #deliver(
    { head, fresh, isUrgent }: { head: number; fresh: number; isUrgent: boolean },
    mark: Parameters<CaseBook['setReminded']>[1],
  ): Promise<void> {
    const { book, chain, carrier, logger, now } = this.#options
    const { count, firstCloses } = book.waiting(chain)
    const blockTime = book.clock(chain)?.blockTime ?? null
    const document = {
      ...{
        chain,
        head,
        block_time: blockTime,
        waiting: count,
        new: fresh,
        urgent: isUrgent,
        first_closes: firstCloses,
      },
      cases: book.list({ chain, limit: MOST_NAMED }).map(lineOf),
    }
    const id = randomUUID()
    try {
      const body = Buffer.from(stringifyJson(document))
      await withinTime(PATIENCE, [this.#stop.signal], (signal) => carrier.deliver({ event: 'cases', id, body }, signal))
      book.setReminded(chain, mark)
      logger.info({ chain, waiting: count, new: fresh, urgent: isUrgent }, 'reminded people of what waits for them')
    } catch (error) {
      if (this.#stop.signal.aborted) return
      this.#notBefore = now() + PATIENCE
      logger.warn({ chain, waiting: count, reason: (error as Error).message }, 'could not remind people of what waits')
    }
  }
}

/** Nothing in it is in a stranger's words. */
function lineOf({ id, guid, artifact, sha256, closesHead, evidence }: ArbiterCase) {
  return { case: id, guid, artifact, sha256, closes_head: closesHead, format: evidence.format, size: evidence.size }
}
