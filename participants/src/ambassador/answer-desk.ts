import type { Guid } from '@polyswarm/protocol'
import { TrackRecord } from '@polyswarm/protocol/polyscore'
import { isUnusable } from '../client/passing-error.js'
import type { Answer } from '../runtime/journal/answer-book.js'
import type { ParticipantContext } from '../runtime/roles/role.js'
import { answersOf, readBounty } from './bounty-answers.js'

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
    for (const { guid, posted } of this.#context.journal.answers.due(AT_A_TIME)) {
      const answers = posted ? await this.#read(guid, signal) : []
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

  async #read(guid: Guid, signal: AbortSignal): Promise<Answer[] | undefined> {
    const { client, journal, logger } = this.#context
    const order = journal.plannedBounties.get(guid)
    if (!order) return []
    try {
      const told = await readBounty(client, guid, signal)
      const heard = journal.bounties.get(guid)
      // An event has no document that is large, or that its daemon had no hold of at that moment: the bounty itself may.
      const isTold = order.metadata === '' || Array.isArray(heard?.metadata)
      return answersOf(order, isTold ? heard : await client.bounty(guid, signal), told, this.#record)
    } catch (error) {
      if (!isUnusable(error)) throw error
      const failures = (this.#failures.get(guid) ?? 0) + 1
      this.#failures.set(guid, failures)
      logger.warn(
        { guid, reason: error.message },
        failures < TRIES ? 'will try again' : 'cannot tell what was answered',
      )
      if (failures < TRIES) return undefined
      this.#failures.delete(guid)
      return []
    }
  }
}
