import type { Guid } from '@polyswarm/protocol'
import type { BountyStanding } from '../journal/bounty-standing.js'
import type { Decision } from '../journal/decision.js'
import type { ActionKind } from '../market/market-action.js'
import { BlockClock } from './block-clock.js'
import { DecisionRunner, type DecisionRunnerOptions } from './decision-runner.js'
import { type DutyKind, DutyQueue, nameOf, type QueuedDuty } from './duty-queue.js'
import type { DutyRunner } from './duty-runner.js'
import { DutyWorkers } from './duty-workers.js'
import { WorkMeter } from './work-meter.js'

/** What a scheduler works with. */
export interface DutySchedulerOptions extends Omit<DecisionRunnerOptions, 'decisions' | 'clock'> {
  /** How bounties are decided on; undefined where none are. */
  decisions: DecisionRunnerOptions['decisions'] | undefined
  runner: DutyRunner
  /** Bounties that are decided on at the same time. */
  concurrency: number
}

/** Reveals and votes that are sent at the same time, and other duties: a slow one must not hold up the rest. */
const DEADLINE_WORKERS = 16
const ORDINARY_WORKERS = 12
/** One after another: what others can make long keeps nothing else. */
const COMPARISON_WORKERS = 1

/** What has no deadline has so many blocks: it lets others pass, but not for ever. */
const BLOCKS_FOR_THE_REST = 64

/** Decisions by which a participant has a part in a bounty. */
const PARTS: ReadonlySet<Decision> = new Set(['assert', 'vote', 'post'])

/** What follows from a bounty. */
const KINDS = ['decide', 'terms', 'assert', 'reveal', 'vote', 'settle'] as const

/**
 * Keeps the queue of duties in step with the journal. A bounty is looked at when something of it has changed, and when a
 * duty on it has been seen to; each of its duties is queued with the block from which on it can be done. All of it can be
 * made again from the journal.
 */
export class DutyScheduler {
  readonly #options: DutySchedulerOptions
  readonly #queue = new DutyQueue()
  readonly #workers: DutyWorkers
  readonly #decisions: DecisionRunner | undefined
  readonly #clock = new BlockClock()
  /** What sending transactions takes. */
  readonly #transactions: WorkMeter
  /** What failed for a reason that can pass; it is looked at again with the next block, or after a moment. */
  readonly #postponed = new Map<string, QueuedDuty>()
  /** The newest block when each duty was begun that is under way. */
  readonly #begun = new WeakMap<QueuedDuty, number>()

  constructor(options: DutySchedulerOptions) {
    this.#options = options
    const { decisions } = options
    this.#decisions = decisions && new DecisionRunner({ ...options, decisions, clock: this.#clock })
    this.#transactions = new WorkMeter(options.now)
    this.#workers = new DutyWorkers({
      queue: this.#queue,
      capacity: {
        deadline: DEADLINE_WORKERS,
        ordinary: ORDINARY_WORKERS,
        decision: options.concurrency,
        comparison: COMPARISON_WORKERS,
      },
      admit: (duty) => this.#admit(duty),
      perform: (duty, signal) => this.#perform(duty, signal),
      over: (duty, error) => this.#over(duty, error),
    })
  }

  get #head(): number {
    return this.#options.context.journal.head
  }

  /** Looks at all open bounties: at the start, and when blocks were taken back. */
  rebuild(): void {
    // Comparisons do not follow from the journal.
    this.#queue.clear('compare')
    const { journal } = this.#options.context
    journal.write(() => {
      for (const standing of journal.bounties.standings()) this.#plan(standing)
    })
    this.advance()
  }

  /** Something of a bounty has changed. */
  refresh(guid: Guid): void {
    this.#planAgain(guid)
    this.#workers.pump()
  }

  /** Does something that does not follow from a bounty, such as posting one, unless that is pending or a pause is on. */
  request(guid: Guid | null, kind: ActionKind): void {
    if (this.#head < this.#options.runner.resumesAt(guid, kind)) return
    this.#queue.put({ guid, kind, from: 0, by: this.#head + BLOCKS_FOR_THE_REST })
    this.#workers.pump()
  }

  /**
   * Has all bounties that this participant has a part in compared with the chain: what happened on them may not have been told.
   *
   * @returns how many they are.
   */
  compareAll(): number {
    const { bounties, plannedBounties } = this.#options.context.journal
    const own = bounties.standings().filter(({ decision }) => decision !== null && PARTS.has(decision))
    const guids = [...own.map(({ guid }) => guid), ...plannedBounties.unheard()]
    for (const guid of guids) {
      const duty = { guid, kind: 'compare', from: 0, by: this.#head } as const
      if (!this.#queue.has(duty)) this.#queue.put(duty)
    }
    this.#workers.pump()
    return guids.length
  }

  /** There is a new block, or a moment has passed. */
  advance(): void {
    const { decisions, context } = this.#options
    const isLate = ({ guid, kind }: QueuedDuty): boolean => {
      const [standing] = kind === 'decide' && guid !== null ? context.journal.bounties.standings(guid) : []
      return standing !== undefined && decisions !== undefined && this.#head > decisions.decideBy(standing)
    }
    this.#workers.giveUp(isLate, new DOMException('The time to decide is over.', 'TimeoutError'))
    this.#clock.beat(this.#head, this.#options.now())
    for (const { guid } of this.#queue.advance(this.#head)) {
      if (guid === null) continue
      this.#decisions?.outOfTime(guid)
      this.#planAgain(guid)
    }
    const postponed = [...this.#postponed.values()]
    this.#postponed.clear()
    for (const duty of postponed) this.#queue.put(duty)
    this.#workers.pump()
  }

  /** Milliseconds that a transaction takes to be sent, others included, and between two blocks, as far as is known. */
  get pace(): { each: number | undefined; blockTime: number | undefined } {
    return { each: this.#transactions.estimate(1), blockTime: this.#clock.interval }
  }

  /** Ends when what is under way at this moment, and all that is to be compared, is over. */
  async idle(): Promise<void> {
    do await this.#workers.idle()
    while (this.#queue.peek('comparison'))
  }

  /** Gives up what is under way, and waits for it. */
  close(): Promise<void> {
    this.#queue.clear()
    return this.#workers.close()
  }

  #planAgain(guid: Guid, justDone?: QueuedDuty): void {
    for (const kind of KINDS) this.#queue.drop({ guid, kind })
    const [standing] = this.#options.context.journal.bounties.standings(guid)
    if (standing) this.#plan(standing, justDone)
  }

  /** @param justDone is not done again before the next block. */
  #plan(standing: BountyStanding, justDone?: QueuedDuty): void {
    const { context, decisions } = this.#options
    const { guid, decision, windows, assertion, vote, waitsUntil } = standing
    const takesPart = decision === 'post' || assertion !== null || vote !== null
    if (decision === null) {
      if (!decisions || !this.#decisions) return
      const resumed = Math.max(this.#decisions.resumesAt(guid), waitsUntil ?? 0)
      const from = Math.max(resumed, this.#notBefore('decide', justDone))
      const until = decisions.decideBy(standing)
      this.#queue.put({ guid, kind: 'decide', from, by: this.#decisions.order(standing), until })
    } else if (takesPart && !windows) {
      // Without its terms nothing is known to be due, which is not the same as nothing being due.
      this.#queue.put({ guid, kind: 'terms', from: 0, by: this.#head })
    } else if (!this.#planDuties(standing, justDone)) context.journal.bounties.close(guid, this.#head)
  }

  /** @returns whether there are any. */
  #planDuties(standing: BountyStanding, justDone?: QueuedDuty): boolean {
    const { runner } = this.#options
    const { guid } = standing
    const duties = runner.dutiesLeft(standing)
    for (const { kind, from, until, by } of duties) {
      const resumed = runner.resumesAt(guid, kind)
      if (resumed === Number.POSITIVE_INFINITY) continue
      // One that is late is looked at as soon as that is known.
      this.#queue.put({
        guid,
        kind,
        from: Math.max(from, this.#notBefore(kind, justDone), Math.min(resumed, until + 1)),
        by: by ?? Math.min(until, Math.max(from, this.#head) + BLOCKS_FOR_THE_REST),
      })
    }
    return duties.length > 0
  }

  /** The block after the one that a duty was begun at, where it is of this kind. */
  #notBefore(kind: DutyKind, justDone: QueuedDuty | undefined): number {
    return justDone?.kind === kind ? (this.#begun.get(justDone) ?? 0) + 1 : 0
  }

  #admit(duty: QueuedDuty): 'now' | 'later' | 'never' {
    const { guid } = duty
    const [standing] = guid === null ? [] : this.#options.context.journal.bounties.standings(guid)
    if (guid === null || standing?.decision !== null || !this.#decisions) return 'never'
    const answer = this.#decisions.admit(standing, this.#head)
    if (answer === 'never') this.#planAgain(guid)
    if (answer !== 'last') return answer
    if (duty.by === Number.POSITIVE_INFINITY) return 'later'
    this.#queue.put({ ...duty, by: Number.POSITIVE_INFINITY })
    return 'never'
  }

  async #perform(duty: QueuedDuty, signal: AbortSignal): Promise<void> {
    const { runner, context } = this.#options
    const { guid, kind } = duty
    this.#begun.set(duty, this.#head)
    if (kind === 'decide' || kind === 'terms' || kind === 'compare') {
      if (guid === null) return
      if (kind === 'terms') await context.terms.learn(guid, signal)
      else if (kind === 'compare') await runner.compare(guid, signal)
      else await this.#decisions?.decide(guid, this.#head, signal)
    } else {
      const name = nameOf(duty)
      const before = context.journal.duties.get(guid, kind).attempts
      this.#transactions.begin(name, 1)
      try {
        if (guid !== null && isOfBounty(kind)) await runner.perform(guid, kind, this.#head, signal)
        else if (this.#head >= runner.resumesAt(guid, kind)) await runner.attempt(guid, kind, this.#head, signal)
      } finally {
        const isSent = context.journal.duties.get(guid, kind).attempts > before
        this.#transactions.end(name, isSent ? 'done' : 'void')
      }
    }
  }

  #over(duty: QueuedDuty, error: unknown): void {
    const { guid, kind } = duty
    if (error === undefined) {
      if (guid !== null) this.#planAgain(guid, duty)
      return
    }
    const what = { ...(guid !== null && { guid }), duty: kind, reason: (error as Error).message }
    this.#options.context.logger.warn(what, 'will try again')
    this.#postponed.set(nameOf(duty), duty)
  }
}

function isOfBounty(kind: ActionKind): boolean {
  return (KINDS as readonly DutyKind[]).includes(kind)
}
