import type { Guid } from '@polyswarm/protocol'
import type { BountyStanding } from './bounty-standing.js'
import type { MissedDuty } from './duty-log.js'
import { type DutyRunner, isHopeless } from './duty-runner.js'
import { type Duty, dutiesOf, judgeDuty } from './duty-schedule.js'
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
const AT_A_TIME = 8

type DueDuty = Duty & { guid: Guid }

/**
 * One look at everything that is due: what became of what was sent, the terms of new bounties, then each duty on each open
 * bounty, the one whose deadline is nearest first. A bounty that fails does not keep the others waiting.
 */
export class DutyRound {
  readonly #options: DutyRoundOptions
  /** Bounties whose last transaction did not do what it was sent for. */
  readonly #suspects = new Set<Guid>()

  constructor(options: DutyRoundOptions) {
    this.#options = options
  }

  /** Does what is due when `head` is the newest block. */
  async run(head: number, signal: AbortSignal): Promise<void> {
    const { sender, journal, terms } = this.#options
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
    due.sort((a, b) => a.until - b.until)
    await this.#each(due, ({ guid, kind }) => this.#options.runner.perform(guid, kind, head, signal), signal)
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
