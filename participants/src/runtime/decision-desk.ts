import { type Guid, PolySwarmError } from '@polyswarm/protocol'
import type { KnownBounty, ParticipantContext, Role } from './role.js'

/** How much is worked on at a time. */
export interface DecisionDeskOptions {
  role: Role
  context: ParticipantContext
  /** Bounties that are decided on at the same time. */
  concurrency: number
  /** Called when a decision was written down, so that its duty is seen to at once. */
  decided: () => void
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
  readonly #retryHead = new Map<Guid, number>()
  #stopping = false

  constructor(options: DecisionDeskOptions) {
    this.#options = options
  }

  /** Looks at the undecided bounties when `head` is the newest block, and starts on as many as there is room for. */
  review(head: number): void {
    const { role, context, concurrency } = this.#options
    for (const { until, controller } of this.#cases.values()) {
      if (head > until) controller.abort(new DOMException('The time to decide is over.', 'TimeoutError'))
    }
    for (const bounty of context.journal.bounties.open()) {
      if (bounty.decision !== null || this.#cases.has(bounty.guid)) continue
      if (this.#cases.size >= concurrency) return
      if (!bounty.terms) continue
      const known = { ...bounty, terms: bounty.terms }
      const until = role.decideBy(known)
      if (head > until) this.#decline(known.guid, 'abstain', 'there was no time left to decide')
      else if (head >= (this.#retryHead.get(bounty.guid) ?? 0)) this.#start(known, until, head)
    }
  }

  /** Gives up what is under way, and waits for it. */
  async close(): Promise<void> {
    this.#stopping = true
    for (const { controller } of this.#cases.values()) controller.abort(new DOMException('Stopping.', 'AbortError'))
    await Promise.all([...this.#cases.values()].map(({ done }) => done))
  }

  #start(bounty: KnownBounty, until: number, head: number): void {
    const controller = new AbortController()
    const done = this.#decide(bounty, controller.signal, head).finally(() => {
      this.#cases.delete(bounty.guid)
      if (this.#stopping) return
      this.#options.decided()
    })
    this.#cases.set(bounty.guid, { controller, until, done })
  }

  async #decide(bounty: KnownBounty, signal: AbortSignal, head: number): Promise<void> {
    const { role, context } = this.#options
    const { guid } = bounty
    try {
      await role.decide(bounty, signal)
      this.#retryHead.delete(guid)
    } catch (error) {
      if (signal.aborted) {
        if ((signal.reason as Error).name === 'TimeoutError') this.#decline(guid, 'abstain', 'deciding took too long')
        return
      }
      const { message } = error as Error
      if (error instanceof PolySwarmError && error.retryable) {
        context.logger.warn({ guid, reason: message }, 'could not decide, will try again')
        this.#retryHead.set(guid, head + 1)
        return
      }
      this.#decline(guid, 'refuse', message)
    }
  }

  #decline(guid: Guid, decision: 'abstain' | 'refuse', reason: string): void {
    const { context } = this.#options
    this.#retryHead.delete(guid)
    if (context.journal.bounties.get(guid)?.decision !== null) return
    context.journal.bounties.decide(guid, decision, reason)
    context.logger.warn({ guid, reason }, decision === 'refuse' ? 'refused' : 'abstained')
  }
}
