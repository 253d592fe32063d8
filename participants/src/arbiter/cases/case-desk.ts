import type { Guid } from '@polyswarm/protocol'
import type { Metrics } from '../../runtime/reports/metrics.js'
import type { KnownBounty, ParticipantContext } from '../../runtime/roles/role.js'
import { type ArbiterStatus, readArbiterStatus } from '../arbiter-status.js'
import type { ArtifactInquiry } from '../bounty-inquiry.js'
import type { CaseBook, CaseDecision } from './case-book.js'
import type { CaseReminder } from './case-reminder.js'
import { evidenceOf } from './evidence.js'

/** What a desk works with. */
export interface CaseDeskOptions {
  book: CaseBook
  /** The chain whose bounties it is about. */
  chain: string
  metrics?: Metrics | undefined
  /** Tells people that something waits for them. */
  reminder?: CaseReminder | undefined
  /** Milliseconds for which closed cases are kept. */
  keptFor: number
  /** Milliseconds since 1970. */
  now: () => number
}

/** Bounties whose decisions are taken note of at a time. */
const AT_A_TIME = 64
/** Blocks after which a case that is too late was closed, or was not because nobody was there. */
const LONGEST_SENDING = 24
/** Old cases that are forgotten at a time. */
const FORGOTTEN_AT_A_TIME = 256

/** The side of the case book that belongs to an arbiter: it opens cases, takes note of what was decided, and closes them. */
export class CaseDesk {
  readonly #options: CaseDeskOptions
  #context: ParticipantContext | undefined
  #head = 0

  constructor(options: CaseDeskOptions) {
    this.#options = options
  }

  begin(context: ParticipantContext): void {
    this.#context = context
  }

  /** What a person decided about a file. */
  decided(sha256: string): CaseDecision | undefined {
    return this.#options.book.decided(sha256)
  }

  /** Opens a case for each artifact that nobody knew. */
  ask(bounty: KnownBounty, inquiries: readonly ArtifactInquiry[], closesHead: number): void {
    const { book, chain, now } = this.#options
    const unknown = inquiries.filter(({ verdict }) => verdict === undefined)
    book.add(
      unknown.map((inquiry) => ({
        ...{ chain, guid: bounty.guid, closesHead, artifact: inquiry.artifact, sha256: inquiry.sha256 },
        evidence: evidenceOf(bounty, inquiry),
      })),
      now(),
    )
    if (unknown.length > 0) {
      this.#context?.logger.info({ guid: bounty.guid, cases: unknown.length, closesHead }, 'waits for a person')
    }
  }

  /** Another source knew of these artifacts. */
  known(guid: Guid, artifacts: readonly number[]): void {
    const { book, chain, now } = this.#options
    if (artifacts.length > 0) book.settle(chain, guid, 'known', now(), artifacts)
  }

  /** Nothing is waited for any more. */
  late(guid: Guid): void {
    const { book, chain, now } = this.#options
    book.settle(chain, guid, 'late', now())
  }

  /** Takes note of what was decided, each time the chain has moved. */
  async work(head: number): Promise<void> {
    const { book, chain, metrics, reminder, keptFor, now } = this.#options
    for (const guid of book.unnoted(chain, AT_A_TIME)) {
      this.#context?.journal.bounties.wait(guid, null)
      this.#context?.reconsider(guid)
      book.note(chain, guid)
    }
    if (head === this.#head) return
    this.#head = head
    book.setClock(chain, { head, blockTime: this.#context?.pace().blockTime ?? null }, now())
    book.expire(chain, head - LONGEST_SENDING, now())
    book.forget(now() - keptFor, FORGOTTEN_AT_A_TIME)
    const { count, firstCloses } = book.waiting(chain)
    metrics?.set('polyswarm_open_cases', count, { chain })
    metrics?.set('polyswarm_case_time_left_blocks', firstCloses === null ? Number.NaN : firstCloses - head, { chain })
    reminder?.remind(head)
  }

  /** Gives up a reminder that is under way. */
  async end(): Promise<void> {
    await this.#options.reminder?.end()
  }

  /** How the arbiter does. */
  status(): ArbiterStatus {
    if (!this.#context) throw new TypeError('The desk is not open.')
    return readArbiterStatus(this.#context.journal.path)
  }
}
