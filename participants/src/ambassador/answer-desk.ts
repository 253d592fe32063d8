import type { Guid, OutcomeList } from '@polyswarm/protocol'
import { TrackRecord } from '@polyswarm/protocol/polyscore'
import { isUnusable } from '../client/passing-error.js'
import type { Answer } from '../runtime/journal/answer-book.js'
import type { ParticipantContext } from '../runtime/roles/role.js'
import { answersOf } from './bounty-answers.js'

type Outcome = OutcomeList[number]

/** Bounties whose answers are read at a time. */
const AT_A_TIME = 8
/** How often an answer of no use is asked for again. */
const TRIES = 3
/** Past answers that engines are known by after a start. */
const REMEMBERED = 1_000

/** Takes down what became of each bounty once it is over, and learns from it how right engines are. */
export class AnswerDesk {
  readonly #context: ParticipantContext
  readonly #tell: (answer: Answer) => void
  readonly #record = new TrackRecord()
  readonly #failures = new Map<Guid, number>()

  /** @param tell hears of each answer once it is in the journal. */
  constructor(context: ParticipantContext, tell: (answer: Answer) => void) {
    this.#context = context
    this.#tell = tell
    for (const { judged } of context.journal.answers.newest(REMEMBERED).reverse()) this.#record.learn(judged)
  }

  /**
   * Takes down a few answers.
   *
   * @throws retryable errors of polyswarmd, JournalWriteError.
   */
  async work(signal: AbortSignal): Promise<void> {
    const due = this.#context.journal.answers.due(AT_A_TIME)
    const posted = due.filter((each) => each.posted).map(({ guid }) => guid)
    const outcomes = await this.#outcomes(posted, signal)
    for (const { guid } of due) {
      const outcome = outcomes.get(guid)
      // What did not fit in is asked for the next time.
      if (outcome === undefined && posted.includes(guid)) continue
      const answers = outcome ? await this.#answersOf(guid, outcome, signal) : []
      if (!answers) continue
      this.#context.journal.write(() => this.#context.journal.answers.add(guid, answers))
      for (const answer of answers) {
        this.#record.learn(answer.judged)
        this.#tell(answer)
      }
    }
  }

  /** Whether all answers are in the journal. */
  get isDone(): boolean {
    return this.#context.journal.answers.due(1).length === 0
  }

  /** What became of bounties, of some of them at least; null for what cannot be told. */
  async #outcomes(guids: readonly Guid[], signal: AbortSignal): Promise<Map<Guid, Outcome | null>> {
    const [first] = guids
    if (!first) return new Map()
    try {
      const outcomes = await this.#context.client.outcomes(guids, signal)
      return outcomes.size > 0 ? outcomes : this.#failed(first, 'polyswarmd does not know the bounty')
    } catch (error) {
      if (!isUnusable(error)) throw error
      // One alone spoils no other.
      return guids.length > 1 ? this.#outcomes([first], signal) : this.#failed(first, error.message)
    }
  }

  async #answersOf(guid: Guid, { assertions, votes, settlements }: Outcome, signal: AbortSignal) {
    const { client, journal } = this.#context
    const order = journal.plannedBounties.get(guid)
    if (!order) return []
    const own = settlements.filter(({ settler }) => settler === client.account)
    const told = { assertions, votes, refund: own.reduce((sum, { payout }) => sum + payout, 0n) }
    const heard = journal.bounties.get(guid)
    // An event has no document that is large, or that its daemon had no hold of at that moment: the bounty itself may.
    const isTold = order.metadata === '' || Array.isArray(heard?.metadata)
    try {
      return answersOf(order, isTold ? heard : await client.bounty(guid, signal), told, this.#record)
    } catch (error) {
      if (!isUnusable(error)) throw error
      return this.#failed(guid, error.message).has(guid) ? [] : undefined
    }
  }

  /** @returns the bounty with nothing, once it was asked for often enough. */
  #failed(guid: Guid, reason: string): Map<Guid, null> {
    const failures = (this.#failures.get(guid) ?? 0) + 1
    this.#failures.set(guid, failures)
    const isLast = failures >= TRIES
    this.#context.logger.warn({ guid, reason }, isLast ? 'cannot tell what was answered' : 'will try again')
    if (!isLast) return new Map()
    this.#failures.delete(guid)
    return new Map([[guid, null]])
  }
}
