import { type Guid, PolySwarmError } from '@polyswarm/protocol'
import type { BountyRecord } from './bounty-book.js'
import type { ParticipantContext, Role } from './role.js'

/** How much is worked on at a time. */
export interface DecisionDeskOptions {
  role: Role
  context: ParticipantContext
  /** Bounties that are decided on at the same time. */
  concurrency: number
  /** Whether what was decided earlier is late in being done: then nothing new is begun, so that it gets no later. */
  isBehind: () => boolean
  /** Called when a decision was written down, or given up for now: its duty is to be seen to, and there is room for another. */
  decided: (guid: Guid) => void
}

interface Case {
  controller: AbortController
  until: number
  done: Promise<void>
}

/**
 * Where a role decides on bounties: the most urgent first, some at a time, each with a signal that fires once a decision
 * would come too late. A bounty that waits too long is answered with nothing, and the journal says so.
 */
export class DecisionDesk {
  readonly #options: DecisionDeskOptions
  readonly #cases = new Map<Guid, Case>()
  /** Bounties that could not be decided on, when that is tried again, and why. */
  readonly #retries = new Map<Guid, { head: number; reason: string }>()
  #stopping = false

  constructor(options: DecisionDeskOptions) {
    this.#options = options
  }

  /** Looks at the undecided bounties when `head` is the newest block, and starts on as many as there is room for. */
  review(head: number): void {
    const { context, concurrency } = this.#options
    for (const { until, controller } of this.#cases.values()) {
      if (head > until) controller.abort(new DOMException('The time to decide is over.', 'TimeoutError'))
    }
    for (const guid of context.journal.bounties.undecidedGuids()) {
      if (this.#cases.size >= concurrency || this.#options.isBehind()) return
      this.consider(guid, head)
    }
  }

  /** Starts on one bounty now, where it is undecided and there is room. */
  consider(guid: Guid, head: number): void {
    const { role, context, concurrency, isBehind } = this.#options
    if (this.#stopping || isBehind() || this.#cases.size >= concurrency || this.#cases.has(guid)) return
    if (head < (this.#retries.get(guid)?.head ?? 0)) return
    const bounty = context.journal.bounties.get(guid)
    if (!bounty || bounty.decision !== null) return
    const until = bounty.terms ? role.decideBy({ ...bounty, terms: bounty.terms }) : Number.POSITIVE_INFINITY
    if (head > until) this.#outOfTime(guid)
    else this.#start(bounty, until, head)
  }

  /** Ends when what is under way at this moment is over. */
  async idle(): Promise<void> {
    await Promise.all([...this.#cases.values()].map(({ done }) => done))
  }

  /** Gives up what is under way, and waits for it. */
  async close(): Promise<void> {
    this.#stopping = true
    for (const { controller } of this.#cases.values()) controller.abort(new DOMException('Stopping.', 'AbortError'))
    await Promise.all([...this.#cases.values()].map(({ done }) => done))
  }

  #start(bounty: BountyRecord, until: number, head: number): void {
    const { promise: done, resolve } = Promise.withResolvers<void>()
    const started: Case = { controller: new AbortController(), until, done }
    this.#cases.set(bounty.guid, started)
    void this.#decide(bounty, started, head).finally(() => {
      this.#cases.delete(bounty.guid)
      resolve()
      if (!this.#stopping) this.#options.decided(bounty.guid)
    })
  }

  async #decide(bounty: BountyRecord, started: Case, head: number): Promise<void> {
    const { role, context } = this.#options
    const { guid } = bounty
    const { signal } = started.controller
    try {
      role.foresee(bounty)
      const known = { ...bounty, terms: bounty.terms ?? (await context.terms.learn(guid, signal)) }
      started.until = role.decideBy(known)
      if (head > started.until) return this.#outOfTime(guid)
      await role.decide(known, signal)
      this.#retries.delete(guid)
    } catch (error) {
      if (signal.aborted) {
        if ((signal.reason as Error).name === 'TimeoutError') this.#decline(guid, 'abstain', 'deciding took too long')
        return
      }
      const { message } = error as Error
      if (error instanceof PolySwarmError && error.retryable) {
        if (!this.#retries.has(guid)) context.logger.warn({ guid, reason: message }, 'could not decide, will try again')
        this.#retries.set(guid, { head: head + 1, reason: message })
        return
      }
      this.#decline(guid, 'refuse', message)
    }
  }

  #outOfTime(guid: Guid): void {
    const last = this.#retries.get(guid)
    this.#decline(guid, 'abstain', ['there was no time left to decide', last?.reason].filter(Boolean).join(': '))
  }

  #decline(guid: Guid, decision: 'abstain' | 'refuse', reason: string): void {
    const { context } = this.#options
    this.#retries.delete(guid)
    if (context.journal.bounties.get(guid)?.decision !== null) return
    context.journal.bounties.decide(guid, decision, reason)
    context.logger.warn({ guid, reason }, decision === 'refuse' ? 'refused' : 'abstained')
  }
}
