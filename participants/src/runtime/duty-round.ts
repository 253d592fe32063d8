import type { Guid } from '@polyswarm/protocol'
import type { BountyStanding } from './bounty-standing.js'
import type { MissedDuty } from './duty-log.js'
import { type DutyRunner, isHopeless } from './duty-runner.js'
import { type Duty, dutiesOf, judgeDuty } from './duty-schedule.js'
import type { ActionKind } from './market-action.js'
import { recordMined } from './market-facts.js'
import { type ReconciliationScope, reconcile } from './reconciliation.js'
import type { TermsLookup } from './terms-lookup.js'
import type { TransactionFates, TransactionSender } from './transaction-sender.js'

/** What a round works with. */
export interface DutyRoundOptions extends ReconciliationScope {
  sender: TransactionSender
  runner: DutyRunner
  terms: TermsLookup
  /** Called for each duty that was missed for good. */
  missed: (duty: MissedDuty) => void
}

/** Requests for terms, and attempts at duties, that are under way at the same time. */
const AT_A_TIME = 16

/** What costs money that is already promised, where it comes late. An assertion that comes late costs nothing. */
const URGENT: ReadonlySet<ActionKind> = new Set(['reveal', 'vote'])

type DueDuty = Duty & { guid: Guid }

const byDeadline = (a: Duty, b: Duty): number => a.until - b.until

/**
 * Looks at all that is due. Reveals and votes are done with each block, the nearest deadline first, whatever else is under
 * way: a reveal that comes late costs the stake. A round sees to everything: what became of what was sent, the terms of new
 * bounties, then each duty on each open bounty. A bounty that fails does not keep the others waiting.
 */
export class DutyRound {
  readonly #options: DutyRoundOptions
  /** Bounties whose last transaction did not do what it was sent for. */
  readonly #suspects = new Set<Guid>()
  #meeting: Promise<void> | undefined
  #waiting = 0

  constructor(options: DutyRoundOptions) {
    this.#options = options
  }

  /** How many reveals and votes are due and have not been sent. */
  get waiting(): number {
    return this.#waiting
  }

  /** Does what is due when `head` is the newest block. */
  async run(head: number, signal: AbortSignal): Promise<void> {
    const { sender, journal, terms } = this.#options
    await this.meetDeadlines(head, signal)
    const fates: TransactionFates = {
      mined: (entry, events, at) => recordMined(this.#options, entry, events, at),
      lost: ({ guid }) => {
        if (guid !== '') this.#suspects.add(guid)
      },
    }
    await this.#isolated('', () => sender.follow(head, fates, signal), signal)
    for (const guid of this.#suspects) {
      await this.#isolated(guid, () => reconcile(this.#options, guid, signal), signal)
      this.#suspects.delete(guid)
    }
    const unknown = journal.bounties.standings().filter(({ windows }) => !windows)
    await this.#each(unknown, ({ guid }) => terms.learn(guid, signal), signal)
    const due: DueDuty[] = []
    for (const standing of journal.bounties.standings()) {
      await this.#isolated(
        standing.guid,
        async () => void due.push(...(await this.#judge(standing, head, signal))),
        signal,
      )
    }
    due.sort(byDeadline)
    const perform = async ({ guid, kind }: DueDuty): Promise<void> => {
      await this.#meeting
      await this.#options.runner.perform(guid, kind, head, signal)
    }
    await this.#each(due, perform, signal)
  }

  /**
   * Reveals and votes where that is due. While that is under way, another call waits for its end and does no more. A round
   * can be under way meanwhile; it lets this go first.
   */
  meetDeadlines(head: number, signal: AbortSignal): Promise<void> {
    this.#meeting ??= this.#performUrgent(head, signal).finally(() => {
      this.#meeting = undefined
      this.#waiting = 0
    })
    return this.#meeting
  }

  async #performUrgent(head: number, signal: AbortSignal): Promise<void> {
    const { journal, runner } = this.#options
    const due = journal.bounties
      .standings()
      .flatMap((standing) => this.#openDuties(standing).map((duty) => ({ ...duty, guid: standing.guid })))
      .filter((duty) => URGENT.has(duty.kind) && judgeDuty(duty, head) === 'due')
      .filter(({ guid, kind }) => runner.isOpen(guid, kind, head))
      .sort(byDeadline)
    this.#waiting = due.length
    const perform = async ({ guid, kind }: DueDuty): Promise<void> => {
      await runner.perform(guid, kind, head, signal).finally(() => this.#waiting--)
    }
    await this.#each(due, perform, signal)
  }

  /** Does at once what is due on one bounty; a round may be under way meanwhile. */
  async attend(guid: Guid, head: number, signal: AbortSignal): Promise<void> {
    for (const standing of this.#options.journal.bounties.standings(guid)) {
      const due = this.#openDuties(standing).filter((duty) => judgeDuty(duty, head) === 'due')
      const duties = due.map(({ kind }) => ({ guid, kind }))
      await this.#each(duties, ({ kind }) => this.#options.runner.perform(guid, kind, head, signal), signal)
    }
  }

  /** Works on some at a time, in order; one that fails does not keep the others waiting. */
  async #each<T extends { guid: Guid }>(items: T[], work: (item: T) => Promise<unknown>, signal: AbortSignal) {
    let next = 0
    const worker = async (): Promise<void> => {
      for (let item = items[next++]; item; item = items[next++]) {
        const it = item
        await this.#isolated(it.guid, async () => void (await work(it)), signal)
      }
    }
    await Promise.all(Array.from({ length: Math.min(AT_A_TIME, items.length) }, worker))
  }

  /** The duties of a bounty that can be fulfilled now. Those that cannot any more are written off, once that is certain. */
  async #judge(standing: BountyStanding, head: number, signal: AbortSignal): Promise<DueDuty[]> {
    const { guid, windows, decision } = standing
    const { bounties } = this.#options.journal
    let left = this.#openDuties(standing)
    if (left.every((duty) => judgeDuty(duty, head) === 'early') && left.length > 0) return []
    if (left.some((duty) => this.#isLost(guid, duty, head))) {
      await reconcile(this.#options, guid, signal)
      const [known = standing] = bounties.standings(guid)
      for (const duty of this.#openDuties(known)) if (this.#isLost(guid, duty, head)) this.#miss(guid, duty, head)
      left = this.#openDuties(known)
    }
    // Without its terms nothing is known to be due, which is not the same as nothing being due.
    if (left.length === 0 && decision !== null && windows) bounties.close(guid, head)
    return left.filter((duty) => judgeDuty(duty, head) === 'due').map((duty) => ({ ...duty, guid }))
  }

  #openDuties({ guid, windows, quorum, settled, expiration, decision, assertion, vote }: BountyStanding): Duty[] {
    if (!windows) return []
    const { duties } = this.#options.journal
    const author = decision === 'post'
    const all = dutiesOf({ windows: { ...windows, expiration }, quorum, settled, assertion, vote, author })
    return all.filter(({ kind }) => !duties.get(guid, kind).missed)
  }

  /** Whether the time for a duty is over and no transaction for it can still be mined. */
  #isLost(guid: Guid, duty: Duty, head: number): boolean {
    const { outbox, duties } = this.#options.journal
    const { state } = outbox.lastAttempt(guid, duty.kind)
    if (state === 'pending') return false
    return (
      judgeDuty(duty, head) === 'late' ||
      (state !== 'mined' && isHopeless(duty.kind, duties.get(guid, duty.kind).attempts))
    )
  }

  #miss(guid: Guid, { kind, until }: Duty, head: number): void {
    const { journal, logger, missed } = this.#options
    const last = journal.outbox.lastAttempt(guid, kind)
    const known = last.state === 'failed' ? last.reason : journal.duties.get(guid, kind).reason
    const reason = known ?? `it was due until block ${until}, and block ${head} has come`
    journal.duties.miss({ guid, kind, reason }, head)
    logger.error({ guid, duty: kind, reason }, 'missed a duty')
    missed({ guid, kind, reason })
  }

  async #isolated(guid: string, work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await work()
    } catch (error) {
      signal.throwIfAborted()
      this.#options.logger.warn({ ...(guid !== '' && { guid }), reason: (error as Error).message }, 'will try again')
    }
  }
}
