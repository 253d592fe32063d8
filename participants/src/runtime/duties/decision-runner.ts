import { type Guid, PolySwarmError } from '@polyswarm/protocol'
import type { BountyStanding } from '../journal/bounty-standing.js'
import { OUT_OF_TIME } from '../journal/out-of-time.js'
import type { Decisions, ParticipantContext } from '../roles/role.js'
import { Admission } from './admission.js'
import type { BlockClock } from './block-clock.js'
import type { WorkOutcome } from './work-meter.js'

/** How bounties are decided on, and what with. */
export interface DecisionRunnerOptions {
  decisions: Omit<Decisions, 'wants'>
  context: Pick<ParticipantContext, 'journal' | 'logger' | 'terms'>
  /** Tells when blocks come. */
  clock: BlockClock
  /** Milliseconds since some fixed point. */
  now: () => number
  /** How busy this process is, from 0 to 1; see LoopLoad. */
  loopLoad: () => number
}

/** A process that is busier than this takes nothing on beside what it has: what it owes by then would come late. */
const BUSY = 0.8

/**
 * Has a role decide on bounties: on those that can be decided on in time, by what earlier ones took. What cannot be decided
 * on now waits for its turn; what could not be in time even alone, and what waits too long, is answered with nothing, and
 * the journal says so.
 */
export class DecisionRunner {
  readonly #options: DecisionRunnerOptions
  readonly #admission: Admission
  /** Bounties that could not be decided on, when that is tried again, and why. */
  readonly #retries = new Map<Guid, { head: number; reason: string }>()

  constructor(options: DecisionRunnerOptions) {
    this.#options = options
    this.#admission = new Admission(options.now)
  }

  /** The newest block from which on a bounty can be decided on. */
  resumesAt(guid: Guid): number {
    return this.#retries.get(guid)?.head ?? 0
  }

  /**
   * Which of the bounties that wait goes first, the one with the least. Who must decide on each takes the most urgent. Who
   * is free to leave some out takes the newest: it has the most time left. To take the most urgent would be to take, under
   * more than can be done, always the one that is hardly in time.
   */
  order(standing: BountyStanding): number {
    const { decisions } = this.#options
    return decisions.mustDecide ? decisions.decideBy(standing) : -(standing.block ?? 0)
  }

  /**
   * Whether a bounty is decided on now. If so, that has begun; `last` is for when nothing else is to be decided on, and `never`
   * says that it has got its answer.
   */
  admit(standing: BountyStanding, head: number): 'now' | 'later' | 'last' | 'never' {
    const { decisions, clock, now } = this.#options
    const { guid } = standing
    if (head > decisions.decideBy(standing)) return this.outOfTime(guid)
    const held = decisions.holdsBack?.(standing, head) ?? this.#busy()
    if (held !== undefined) return this.#wait(guid, head, held)
    const deadline = clock.timeOf(decisions.decideBy(standing) + 1, now())
    const work = { id: guid, size: decisions.workload(standing), deadline }
    const verdict = this.#admission.admit(work)
    if (verdict.answer === 'now') return 'now'
    if (verdict.answer === 'later') return this.#wait(guid, head, verdict.reason)
    if (!decisions.mustDecide) return this.#answer(guid, `${OUT_OF_TIME.hopeless}: ${verdict.reason}`)
    if (this.#admission.load.count > 0) {
      this.#wait(guid, head, verdict.reason)
      return 'last'
    }
    this.#admission.begin(work)
    return 'now'
  }

  #busy(): string | undefined {
    const { decisions, loopLoad } = this.#options
    if (decisions.mustDecide || this.#admission.load.count === 0) return undefined
    const share = loopLoad()
    return share > BUSY ? `this program is busy ${Math.round(share * 100)} % of the time` : undefined
  }

  /** A bounty was not decided on in time. */
  outOfTime(guid: Guid): 'never' {
    const isBusy = this.#admission.load.count > 0
    const reason = this.#retries.get(guid)?.reason ?? (isBusy ? this.#admission.reasonToWait() : undefined)
    return this.#answer(guid, [OUT_OF_TIME.waited, reason].filter(Boolean).join(': '))
  }

  /** Decides on a bounty that was admitted. The signal fires when a decision would come too late, or at the end. */
  async decide(guid: Guid, head: number, signal: AbortSignal): Promise<void> {
    let outcome: WorkOutcome = 'void'
    try {
      outcome = await this.#decide(guid, head, signal)
    } finally {
      this.#admission.end(guid, outcome)
    }
  }

  async #decide(guid: Guid, head: number, signal: AbortSignal): Promise<WorkOutcome> {
    const { decisions, context } = this.#options
    const bounty = context.journal.bounties.get(guid)
    if (!bounty || bounty.decision !== null) return 'void'
    try {
      const known = { ...bounty, terms: bounty.terms ?? (await context.terms.learn(guid, signal)) }
      if (head > decisions.decideBy({ expiration: known.expiration, windows: known.terms })) {
        this.outOfTime(guid)
        return 'void'
      }
      const isWork = await decisions.decide(known, signal)
      this.#retries.delete(guid)
      if (signal.aborted) return 'late'
      return isWork ? 'done' : 'void'
    } catch (error) {
      return this.#failed(guid, head, signal, error)
    }
  }

  #failed(guid: Guid, head: number, signal: AbortSignal, error: unknown): WorkOutcome {
    const { logger } = this.#options.context
    if (signal.aborted) {
      if ((signal.reason as Error).name !== 'TimeoutError') return 'void'
      this.#answer(guid, OUT_OF_TIME.cutOff)
      return 'late'
    }
    const { message } = error as Error
    if (error instanceof PolySwarmError && error.retryable) {
      if (!this.#retries.has(guid)) logger.warn({ guid, reason: message }, 'could not decide, will try again')
      this.#retries.set(guid, { head: head + 1, reason: message })
    } else this.#decline(guid, 'refuse', message)
    return 'void'
  }

  #wait(guid: Guid, head: number, reason: string): 'later' {
    this.#retries.set(guid, { head, reason })
    return 'later'
  }

  #answer(guid: Guid, reason: string): 'never' {
    this.#decline(guid, 'abstain', reason)
    return 'never'
  }

  #decline(guid: Guid, decision: 'abstain' | 'refuse', reason: string): void {
    const { journal, logger } = this.#options.context
    this.#retries.delete(guid)
    if (journal.bounties.get(guid)?.decision !== null) return
    journal.bounties.decide(guid, decision, reason)
    logger.warn({ guid, reason }, decision === 'refuse' ? 'refused' : 'abstained')
  }
}
