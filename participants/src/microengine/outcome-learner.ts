import { type ArtifactMask, consensusOf, type Guid, type MarketEvent, maskFromBooleans } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { isKeyRefused } from '../client/passing-error.js'
import { JournalWriteError } from '../errors.js'
import type { RivalAssertion } from '../runtime/journal/finding-history.js'
import { HeardBounties } from '../runtime/reconciliation/heard-bounties.js'
import type { ParticipantContext } from '../runtime/roles/role.js'
import { readRivals } from './engine-records.js'

/** What was asserted by others, and voted. */
interface Lesson {
  cast: readonly { voter: Address; votes: ArtifactMask }[]
  rivals: readonly RivalAssertion[]
}

/** Bounties that are learned from at a time: it is nothing that hurries. */
const AT_A_TIME = 4
/** Bounties that wait for another try at the same time. While there are so many, none is begun that was not tried yet. */
const WAITING = 64
/** Tries at one bounty, with 1, 2, 4, 8 and 16 blocks between them. */
const TRIES = 6

/**
 * Learns from bounties that are over what was true, and who bid what: from events, and where those were not heard from the
 * beginning, by asking. One whose answers cannot be had waits for another try while others are learned from; after the last,
 * nothing is learned from it.
 */
export class OutcomeLearner {
  readonly #context: ParticipantContext
  readonly #heard = new HeardBounties()
  /** Bounties that are tried again, and from which block on. */
  readonly #waiting = new Map<Guid, { tries: number; head: number }>()

  constructor(context: ParticipantContext) {
    this.#context = context
  }

  /** Takes in what happened on the market. */
  notice(event: MarketEvent): void {
    this.#heard.hear(event)
  }

  /**
   * Learns from a few bounties, when `head` is the newest block.
   *
   * @returns whether there were any.
   * @throws GatewayRefusedError where the API key is refused, JournalWriteError.
   */
  async learn(head: number, signal: AbortSignal): Promise<boolean> {
    const guids = this.#due(head)
    await Promise.all(guids.map((guid) => this.#learn(guid, head, signal)))
    return guids.length > 0
  }

  #due(head: number): Guid[] {
    const unlearned = this.#context.journal.findings.unlearned(AT_A_TIME + WAITING)
    const fresh = unlearned.filter((guid) => !this.#waiting.has(guid)).slice(0, WAITING - this.#waiting.size)
    const again = [...this.#waiting].filter((waiting) => waiting[1].head <= head).map(([guid]) => guid)
    // A block that was replaced can have made a bounty one that is not over.
    for (const guid of again) if (!unlearned.includes(guid)) this.#waiting.delete(guid)
    return [...fresh, ...again.filter((guid) => this.#waiting.has(guid))].slice(0, AT_A_TIME)
  }

  async #learn(guid: Guid, head: number, signal: AbortSignal): Promise<void> {
    const { journal, logger } = this.#context
    try {
      const numArtifacts = journal.bounties.get(guid)?.terms?.numArtifacts ?? 0
      const { cast, rivals } = this.#known(guid) ?? (await this.#ask(guid, signal))
      const truth = cast.length === 0 ? null : consensusOf(cast, numArtifacts)
      journal.write(() => journal.findings.learn(guid, head, truth, rivals))
      this.#waiting.delete(guid)
      this.#heard.forget(guid)
      logger.debug({ guid, rivals: rivals.length }, 'learned')
    } catch (error) {
      signal.throwIfAborted()
      if (isKeyRefused(error) || error instanceof JournalWriteError) throw error
      this.#failed(guid, head, error as Error)
    }
  }

  #known(guid: Guid): Lesson | undefined {
    const heard = this.#heard.of(guid)
    if (!heard) return undefined
    const { account } = this.#context
    return { cast: heard.votes, rivals: heard.assertions.filter(({ author }) => author !== account) }
  }

  async #ask(guid: Guid, signal: AbortSignal): Promise<Lesson> {
    const { client } = this.#context
    const [votes, rivals] = await Promise.all([client.votes(guid, signal), readRivals(client, guid, signal)])
    return { cast: votes.map(({ voter, votes: bits }) => ({ voter, votes: maskFromBooleans(bits) })), rivals }
  }

  #failed(guid: Guid, head: number, { message: reason }: Error): void {
    const { journal, logger } = this.#context
    const tries = (this.#waiting.get(guid)?.tries ?? 0) + 1
    if (tries < TRIES) {
      this.#waiting.set(guid, { tries, head: head + 2 ** (tries - 1) })
      logger.debug({ guid, reason }, 'could not learn from a bounty, will try again')
      return
    }
    this.#waiting.delete(guid)
    journal.write(() => journal.findings.learn(guid, head, null, []))
    logger.warn({ guid, reason }, 'nothing can be learned from a bounty')
  }
}
