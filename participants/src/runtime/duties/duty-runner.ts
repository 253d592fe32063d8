import { type BountyWindows, booleansFromMask, type Guid, PolySwarmError, parseJson } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { Address } from 'viem'
import type { BountyStanding } from '../journal/bounty-standing.js'
import type { MissedDuty } from '../journal/duty-log.js'
import type { ActionKind, MarketAction } from '../market/market-action.js'
import { BLOCKS_UNTIL_ASKED, type TransactionSender } from '../transactions/transaction-sender.js'
import { actionOf, type DutyActionScope } from './duty-action.js'
import { type Duty, dutiesOf, judgeDuty } from './duty-schedule.js'
import type { KeeperWatch } from './keeper-watch.js'

type RevealAction = Extract<MarketAction, { kind: 'reveal' }>

/** What a duty runner works with. */
export interface DutyRunnerOptions extends DutyActionScope {
  logger: Logger
  sender: TransactionSender
  account: Address
  /** What can be left to others. */
  keepers: KeeperWatch
  /** Reads from the ledger what this account did on a bounty, and writes down what the journal has missed. */
  reconcile: (guid: Guid, signal: AbortSignal) => Promise<void>
  /** Called for each duty that was missed for good. */
  missed: (duty: MissedDuty) => void
}

/** Blocks that must be left for revealing what a keeper was handed over late, and did not bring. */
const BLOCKS_TO_REVEAL = 2
const LONGEST_PAUSE_BLOCKS: Partial<Record<ActionKind, number>> = { reveal: 2, vote: 4, assert: 2 }

/** An assertion costs nothing where it is not made, and gas where it fails: there is no point in insisting. */
const MOST_ATTEMPTS: Partial<Record<ActionKind, number>> = { assert: 3 }

/**
 * Does duties: one attempt at a time, never a second while the first can still be mined, and after a failure again with
 * growing pauses, for as long as there is a point in it. What can no longer be done is written off once that is certain.
 */
export class DutyRunner {
  readonly #options: DutyRunnerOptions
  /** Bounties whose last transaction did not do what it was sent for. */
  readonly #suspects = new Set<Guid>()

  constructor(options: DutyRunnerOptions) {
    this.#options = options
  }

  /** The duties that are left on a bounty, with the blocks from which on this participant sees to them itself. */
  dutiesLeft({ guid, windows, quorum, settled, expiration, decision, assertion, vote }: BountyStanding): Duty[] {
    if (!windows) return []
    const { journal, keepers } = this.#options
    const author = decision === 'post'
    const all = dutiesOf({ windows: { ...windows, expiration }, quorum, settled, assertion, vote, author })
    const left = all.filter(({ kind }) => !journal.duties.get(guid, kind).missed)
    if (left.length === 0) keepers.forget(guid)
    return left.map((duty) => this.#leaveToKeepers(guid, duty, { ...windows, expiration }))
  }

  /**
   * What was handed over is left to keepers for half of the reveal window, and a settlement for some blocks. To hand over goes
   * before what is sent, but for what can be sent in no later block: it takes a moment, and lets a keeper bring what many could
   * not send in time.
   */
  #leaveToKeepers(guid: Guid, duty: Duty, { expiration, assertionRevealWindow }: BountyWindows): Duty {
    const { keepers, journal, account } = this.#options
    const { head } = journal
    if (duty.kind === 'reveal' && keepers.isHandedOver(guid)) {
      const delay = journal.outbox.delay(head, head - assertionRevealWindow)
      return { ...duty, from: Math.max(duty.from, keepers.revealFrom(expiration, assertionRevealWindow, head, delay)) }
    }
    if (duty.kind === 'reveal') return { ...duty, by: duty.from + 1 }
    if (duty.kind !== 'settle') return duty
    return { ...duty, from: keepers.settleFrom(guid, duty.from, head, Number.parseInt(account.slice(-4), 16)) }
  }

  /** The newest block from which on there is something to do about a duty; Infinity while its transaction can be mined. */
  resumesAt(guid: Guid | null, kind: ActionKind): number {
    const { journal } = this.#options
    const { state } = journal.outbox.lastAttempt(guid, kind)
    if (state === 'pending') return Number.POSITIVE_INFINITY
    const { attempts, lastHead } = journal.duties.get(guid, kind)
    if (state === 'mined' && guid !== null) return lastHead + BLOCKS_UNTIL_ASKED
    return attempts === 0 || isHopeless(kind, attempts) ? 0 : lastHead + pauseAfter(attempts, kind)
  }

  /** A transaction for a bounty is lost: before anything else is done on it, the ledger is asked what became of it. */
  suspect(guid: Guid): void {
    this.#suspects.add(guid)
  }

  /** Asks the ledger what became of this participant's part in a bounty. @throws what asking throws. */
  async compare(guid: Guid, signal: AbortSignal): Promise<void> {
    await this.#options.reconcile(guid, signal)
    this.#suspects.delete(guid)
  }

  /**
   * Does a duty that follows from a bounty, as far as that is due.
   *
   * @throws retryable errors: then nothing was tried.
   */
  async perform(guid: Guid, kind: ActionKind, head: number, signal: AbortSignal): Promise<void> {
    const { journal } = this.#options
    if (this.#suspects.has(guid)) await this.compare(guid, signal)
    const duty = this.#find(guid, kind)
    if (!duty || judgeDuty(duty, head) === 'early' || head < this.resumesAt(guid, kind)) return
    const isMined = journal.outbox.lastAttempt(guid, kind).state === 'mined'
    const isLost = judgeDuty(duty, head) === 'late' || isHopeless(kind, journal.duties.get(guid, kind).attempts)
    if (!isMined && !isLost) return this.attempt(guid, kind, head, signal)
    await this.compare(guid, signal)
    if (judgeDuty(duty, head) === 'late' || !isMined) {
      const left = this.#find(guid, kind)
      if (left) this.#writeOff(guid, left, head)
    }
  }

  /**
   * Makes an attempt at a duty.
   *
   * @throws retryable errors: then nothing was tried.
   */
  async attempt(guid: Guid | null, kind: ActionKind, head: number, signal: AbortSignal): Promise<void> {
    const { journal, sender, logger, keepers } = this.#options
    try {
      const action = await actionOf(this.#options, guid, kind, signal)
      if (!action) return
      if (action.kind === 'reveal' && (await this.#handOver(action, head, signal))) return
      if (kind === 'settle' && guid !== null && keepers.isLeft(guid)) keepers.missed()
      await sender.submit(guid, action, head, signal)
      journal.duties.attempt(guid, kind, head)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof PolySwarmError) || error.retryable) throw error
      journal.duties.attempt(guid, kind, head)
      journal.duties.failed(guid, kind, error.message)
      logger.error({ guid, duty: kind, code: error.code, reason: error.message }, 'attempt failed')
    }
  }

  /**
   * Hands the opening of an assertion over, once, before this participant reveals it itself; and with it the metadata document
   * that the reveal names.
   *
   * @returns whether it is left to keepers.
   */
  async #handOver({ order, numArtifacts }: RevealAction, head: number, signal: AbortSignal): Promise<boolean> {
    const { client, keepers, account: author, logger, journal, uploader } = this.#options
    const { guid, nonce, verdicts, metadata } = order
    if (keepers.isHandedOver(guid)) {
      keepers.notRevealed(guid, head)
      return false
    }
    const document = parseJson(journal.bounties.assertion(guid)?.metadata ?? '[]') as unknown[]
    try {
      const opening = { author, nonce: String(nonce), verdicts: booleansFromMask(verdicts, numArtifacts), metadata }
      const more = document.length > 0 ? { document } : {}
      const answer = await client.handOver(guid, { ...opening, ...more }, signal)
      if (!answer.stored) await uploader.store(document, signal)
      keepers.handedOver(guid, head)
      if (answer.keepers) keepers.seen(head)
      logger.info({ guid, keepers: answer.keepers }, 'handed over')
      const [standing] = journal.bounties.standings(guid)
      const duty = standing && this.dutiesLeft(standing).find(({ kind }) => kind === 'reveal')
      if (answer.revealed || !duty) return answer.revealed
      // The answer may have taken blocks.
      return duty.from > head || (answer.keepers && duty.until - journal.head >= BLOCKS_TO_REVEAL)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof PolySwarmError)) throw error
      // An older daemon, or one that is out of breath: what is due is due all the same.
      logger.debug({ guid, reason: error.message }, 'could not hand over the opening')
      await uploader.store(document, signal)
      keepers.handedOver(guid, head)
      return false
    }
  }

  #find(guid: Guid, kind: ActionKind): Duty | undefined {
    const [standing] = this.#options.journal.bounties.standings(guid)
    return standing && this.dutiesLeft(standing).find((duty) => duty.kind === kind)
  }

  #writeOff(guid: Guid, { kind, until }: Duty, head: number): void {
    const { journal, logger, missed } = this.#options
    const last = journal.outbox.lastAttempt(guid, kind)
    const known = last.state === 'failed' ? last.reason : journal.duties.get(guid, kind).reason
    const reason = known ?? `it was due until block ${until}, and block ${head} has come`
    journal.duties.miss({ guid, kind, reason }, head)
    logger.error({ guid, duty: kind, reason }, 'missed a duty')
    missed({ guid, kind, reason })
  }
}

/** Whether a duty that has failed so often is not tried again. */
function isHopeless(kind: ActionKind, attempts: number): boolean {
  return attempts >= (MOST_ATTEMPTS[kind] ?? Number.POSITIVE_INFINITY)
}

/** Blocks to wait after the n-th failed attempt: what has a deadline is not left for long. */
function pauseAfter(attempts: number, kind: ActionKind): number {
  return Math.min(2 ** Math.min(attempts - 1, 10), LONGEST_PAUSE_BLOCKS[kind] ?? 32)
}
