import type { Guid } from '@polyswarm/protocol'
import type { BountyRecord } from './bounty-book.js'
import type { MissedDuty } from './duty-log.js'
import { type DutyRunner, isHopeless } from './duty-runner.js'
import { type Duty, dutiesOf, judgeDuty } from './duty-schedule.js'
import { recordMined } from './market-facts.js'
import { type ReconciliationScope, reconcile } from './reconciliation.js'
import type { TransactionFates, TransactionSender } from './transaction-sender.js'

/** What a round works with. */
export interface DutyRoundOptions extends ReconciliationScope {
  sender: TransactionSender
  runner: DutyRunner
  /** Called for each duty that was missed for good. */
  missed: (duty: MissedDuty) => void
}

type DueDuty = Duty & { guid: Guid }

/**
 * One look at everything that is due: what became of what was sent, the terms of new bounties, then each duty on each open bounty, the one whose
 * deadline is nearest first. A bounty that fails does not keep the others waiting.
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
    const { sender, journal } = this.#options
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
    for (const { guid, terms } of journal.bounties.open()) {
      if (!terms) await this.#isolated(guid, () => this.#learnTerms(guid, signal), signal)
    }
    const due: DueDuty[] = []
    for (const bounty of journal.bounties.open()) {
      await this.#isolated(bounty.guid, async () => void due.push(...(await this.#judge(bounty, head, signal))), signal)
    }
    due.sort((a, b) => a.until - b.until)
    for (const { guid, kind } of due) {
      await this.#isolated(guid, () => this.#options.runner.perform(guid, kind, head, signal), signal)
    }
  }

  async #learnTerms(guid: Guid, signal: AbortSignal): Promise<void> {
    const { client, journal } = this.#options
    journal.bounties.setTerms(guid, await client.bountyTerms(guid, signal))
  }

  /** The duties of a bounty that can be fulfilled now. Those that cannot any more are written off, once that is certain. */
  async #judge(bounty: BountyRecord, head: number, signal: AbortSignal): Promise<DueDuty[]> {
    const { guid } = bounty
    const open = this.#openDuties(bounty)
    if (open.some((duty) => this.#isLost(guid, duty, head))) {
      await reconcile(this.#options, guid, signal)
      const known = this.#options.journal.bounties.get(guid) ?? bounty
      for (const duty of this.#openDuties(known)) if (this.#isLost(guid, duty, head)) this.#miss(guid, duty, head)
    }
    const left = this.#openDuties(this.#options.journal.bounties.get(guid) ?? bounty)
    // Without its terms nothing is known to be due, which is not the same as nothing being due.
    if (left.length === 0 && bounty.decision !== null && bounty.terms) this.#options.journal.bounties.close(guid, head)
    return left.filter((duty) => judgeDuty(duty, head) === 'due').map((duty) => ({ ...duty, guid }))
  }

  #openDuties(bounty: BountyRecord): Duty[] {
    const { bounties, duties } = this.#options.journal
    const { guid, terms, quorum, settled, expiration, decision } = bounty
    if (!terms) return []
    const assertion = bounties.assertion(guid)
    const all = dutiesOf({
      windows: { ...terms, expiration },
      quorum,
      settled,
      assertion: assertion ? { posted: assertion.position !== null, revealed: assertion.revealed } : null,
      vote: bounties.vote(guid) ?? null,
      author: decision === 'post',
    })
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
