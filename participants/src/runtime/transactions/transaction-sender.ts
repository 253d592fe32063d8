import { type Guid, type MarketCall, type QuoteResult, type TransactionEvents, transferCall } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { PolyswarmdClient } from '../../client/polyswarmd-client.js'
import type { Journal } from '../journal/journal.js'
import { FILLER, type OutboxEntry } from '../journal/outbox.js'
import type { MarketPin } from '../market/market.js'
import { canBeBatched, type MarketAction } from '../market/market-action.js'
import { ActionBatches } from './action-batches.js'
import { attemptOf, type BroadcastAnswer, Broadcaster } from './broadcaster.js'
import { type GasLimits, GasQuotes, type PricedTransaction } from './gas-quotes.js'
import { judgeRefusal } from './refusal.js'
import { withStandingAllowance } from './standing-allowance.js'
import type { Wallet } from './wallet.js'

/** What a sender works with. */
export interface TransactionSenderOptions {
  client: PolyswarmdClient
  wallet: Wallet
  market: MarketPin
  journal: Journal
  limits: GasLimits
  /** Blocks on top of a transaction's own after which it is no longer watched. */
  confirmations: number
  logger: Logger
  /** Milliseconds since some fixed point. */
  now: () => number
  /** Size of a standing approval, in base units; without it each action gets an approval of its own. */
  allowance?: bigint | undefined
  /** Called where the node refused a transaction for good. */
  refused?: (guid: Guid | null) => void
}

/** What is to happen when the fate of a transaction is known. */
export interface TransactionFates {
  /** Mined without failing; called within the journal transaction that says so. */
  mined(entry: OutboxEntry, events: TransactionEvents, head: number): void
  /** Failed, or replaced by another; or refused, while others of its transaction were done. Called for each bounty. */
  lost(guid: Guid | null): void
}

/** Actions of one kind that go in one transaction. */
interface Submission {
  /** The bounty of each action; null for one that is of none. */
  guids: readonly [Guid | null, ...(Guid | null)[]]
  actions: readonly [MarketAction, ...MarketAction[]]
  head: number
  signal: AbortSignal
}

const REBROADCAST_AFTER_BLOCKS = 2
const REBROADCAST_AFTER_MS = 3_000
const REFUSALS_UNTIL_GIVEN_UP = 5
const MISSES_UNTIL_REPLACED = 3
const FILLER_GAS = 100_000n
/** Blocks after its own in which events tell what a transaction did; then the daemon is asked. */
export const BLOCKS_UNTIL_ASKED = 2
/** Questions about mined transactions that are under way at the same time. */
const QUESTIONS = 8

/**
 * Brings actions onto the chain. Each is computed here and priced by a quote, signed with the next free nonce, written to
 * the outbox and only then sent; and sent again, the same bytes, until it is mined and deep enough, across restarts, lost connections and
 * re-orgs. No nonce is ever left out: one that the node refused for good is used again, or filled.
 *
 * Actions can be submitted at the same time as each other: they share a quote, those of one kind a transaction where the
 * registry takes batches, and get their nonces, and are sent, one after the other. `follow` must not run twice at a time.
 */
export class TransactionSender {
  readonly #options: TransactionSenderOptions
  /** When each transaction was last sent, and how often it was refused; forgotten, and so sent again, after a restart. */
  readonly #sent = new Map<number, { head: number; at: number; refusals: number; misses: number }>()
  /** Attempts of which the node refused a transaction for good. */
  readonly #refused = new Set<string>()
  /** Transactions that only prepare the next of their attempt. */
  readonly #approvals = new Set<number>()
  readonly #quotes: GasQuotes
  readonly #broadcaster: Broadcaster
  readonly #batches: ActionBatches
  #signing: Promise<unknown> = Promise.resolve()
  /** The newest block when the account's nonce was last compared with the outbox. */
  #comparedAt = Number.NEGATIVE_INFINITY

  constructor(options: TransactionSenderOptions) {
    this.#options = options
    this.#quotes = new GasQuotes({ ...options, ask: (calls) => options.client.quote(calls) })
    this.#broadcaster = new Broadcaster({
      send: (raw, signal) => options.client.sendTransactions(raw, signal),
      leaving: (entry, head) => this.#leaving(entry, head),
      answered: (entry, answer, head) => this.#answered(entry, answer, head),
    })
    this.#batches = new ActionBatches({
      market: options.market,
      maxGas: options.limits.maxGas,
      gasOf: (bound) => this.#quotes.gasOf(bound),
      simulate: (calls, head) => this.simulate(calls, head),
      send: ([first, ...others]) => {
        const guids = [first.guid, ...others.map(({ guid }) => guid)] as const
        const actions = [first.action, ...others.map(({ action }) => action)] as const
        return this.#send({ guids, actions, head: first.head, signal: first.signal })
      },
    })
  }

  /** After a re-org, or with another daemon behind the same address: what it said has to be asked for again. */
  forget(): void {
    this.#quotes.drop()
    this.#batches.forget()
    this.#comparedAt = Number.NEGATIVE_INFINITY
  }

  /** There is a new block; its base fee, in wei, is not always told. */
  hear(block: number, baseFee: bigint | undefined): void {
    this.#quotes.hear(block, baseFee)
  }

  /**
   * What the node says of calls of this account, as if they were mined in the next block.
   *
   * @param head the newest block.
   * @throws what {@link submit} throws.
   */
  simulate(calls: readonly MarketCall[], head: number): Promise<QuoteResult['calls']> {
    return this.#quotes.simulate(calls, head)
  }

  /**
   * Signs and sends an action, together with others of its kind where that is possible.
   *
   * @throws QuoteRejectedError where the daemon quotes what is not accepted; nothing is signed then.
   * @throws GatewayUnavailableError, GatewayRefusedError, GatewayAnswerError where there was no quote.
   */
  submit(guid: Guid | null, action: MarketAction, head: number, signal: AbortSignal): Promise<void> {
    // What has failed goes alone: others must not fail with it.
    if (guid === null || !canBeBatched(action) || this.#hasFailed(guid, action)) {
      return this.#send({ guids: [guid], actions: [action], head, signal })
    }
    return this.#batches.submit({ guid, action, head, signal })
  }

  async #send(submission: Submission): Promise<void> {
    const { guids, actions, head, signal } = submission
    const again = this.#hasFailed(guids[0], actions[0])
    const { transactions, nonce } = await this.#quotes.price(actions, head, again)
    const turn = this.#signing.then(async () => {
      signal.throwIfAborted()
      const entries = await this.#sign(submission, transactions, nonce)
      // They are in line before the next gets its nonce: so they leave in the order of their nonces.
      return { sent: this.#broadcaster.send(entries, head, signal) }
    })
    this.#signing = turn.catch(() => undefined)
    await (await turn).sent
  }

  /** From here to the outbox nobody else gets a nonce or a part of the allowance. */
  async #sign(
    { guids, actions, head }: Submission,
    exact: readonly PricedTransaction[],
    mined: number,
  ): Promise<OutboxEntry[]> {
    const { journal, market, wallet, confirmations } = this.#options
    const { kind } = actions[0]
    const { transactions, left } = withStandingAllowance(exact, actions, market, {
      cap: this.#options.allowance,
      // After a failure nothing is taken for granted: the next attempt approves anew.
      left: this.#hasFailed(guids[0], actions[0]) ? 0n : journal.allowance,
    })
    const highest = journal.outbox.highestNonce(head - confirmations)
    const signed = await wallet.sign(transactions, highest === undefined ? mined : Math.max(mined, highest + 1))
    const guid = guids.length > 1 ? null : guids[0]
    const entries = journal.writeDurably(() => {
      if (left !== undefined) journal.allowance = left
      const attempt = journal.outbox.nextAttempt(guid, kind)
      const together = guids.length > 1 ? guids.filter((each) => each !== null) : []
      return journal.outbox.add(
        signed.map((item) => ({ ...item, guid, kind, attempt, head })),
        together,
      )
    })
    for (const { id } of entries.slice(0, -1)) this.#approvals.add(id)
    return entries
  }

  #hasFailed(guid: Guid | null, { kind }: MarketAction): boolean {
    return this.#options.journal.outbox.lastAttempt(guid, kind).state === 'failed'
  }

  /**
   * Looks after what was sent: learns what was mined, sends again what was not, fills gaps. Most of it is told by events; the
   * daemon is asked about what has waited for a while, and now and then whether what was mined still is.
   *
   * @param head the newest block.
   */
  async follow(head: number, fates: TransactionFates, signal: AbortSignal): Promise<void> {
    try {
      await this.#followSent(head, fates, signal)
    } finally {
      await this.#askWhatIsUntold(head, fates, signal)
    }
  }

  async #followSent(head: number, fates: TransactionFates, signal: AbortSignal): Promise<void> {
    const { journal, confirmations } = this.#options
    const entries = journal.outbox.unsettled(head - confirmations)
    for (const { id, state } of entries) if (state !== 'signed') this.#sent.delete(id)
    const isTime = head >= this.#comparedAt + Math.floor(confirmations / 2)
    const isOverdue = (entry: OutboxEntry) => entry.state === 'signed' && this.#isStale(entry, head)
    if (entries.length === 0 || !(isTime || entries.some(isOverdue))) return
    const { nonce: next } = await this.#quotes.fresh(head)
    this.#comparedAt = head
    const waiting = entries.filter(({ nonce }) => nonce >= next).map((entry) => this.#reopened(entry, head))
    const used = entries.filter(({ nonce, state }) => nonce < next && state === 'signed')
    // A receipt that cannot be had must not keep what is not mined from being sent again.
    const failures: unknown[] = []
    while (used.length > 0) {
      const asked = used.splice(0, QUESTIONS).map((entry) => this.#classify(entry, head, fates, signal))
      for (const result of await Promise.allSettled(asked))
        if (result.status === 'rejected') failures.push(result.reason)
    }
    await this.#fillGaps(waiting, next, head, signal)
    await this.#broadcaster.send(
      waiting.filter((entry) => this.#isStale(entry, head)),
      head,
      signal,
    )
    if (failures.length > 0) throw failures[0]
  }

  /** A transaction that was mined and is not any more: its block was replaced, or the node lost it. */
  #reopened(entry: OutboxEntry, head: number): OutboxEntry {
    if (entry.state === 'signed') return entry
    this.#options.logger.warn(
      { guid: entry.guid, duty: entry.kind, hash: entry.hash },
      'no longer mined, sending again',
    )
    this.#options.journal.outbox.setState(entry.id, 'signed', head)
    this.#sent.delete(entry.id)
    return { ...entry, state: 'signed' }
  }

  /** Of a transaction with several actions some were not told of: they failed, or an event did not come. */
  async #askWhatIsUntold(head: number, fates: TransactionFates, signal: AbortSignal): Promise<void> {
    const { journal, client, confirmations } = this.#options
    const untold = () => journal.outbox.untold(head - BLOCKS_UNTIL_ASKED)
    await Promise.all(
      untold()
        .slice(0, QUESTIONS)
        .map(async (entry) => {
          const { errors = [], ...events } = await client.transactionEvents([entry.hash], signal)
          // A re-org may have taken it back meanwhile; what is not mined any more is found out by its nonce.
          const isStillMined = untold().some(({ id }) => id === entry.id)
          // Of one that is too old to be taken back, and of which nobody can tell, nothing will be told any more.
          const isKnown = errors.length === 0 || entry.head <= head - confirmations
          if (isKnown && isStillMined) this.#mined(entry, events, entry.head, fates)
        }),
    )
  }

  #mined(entry: OutboxEntry, events: TransactionEvents, head: number, fates: TransactionFates): void {
    const { journal, logger } = this.#options
    const failed = journal.write(() => {
      if (entry.state === 'signed') journal.outbox.setState(entry.id, 'mined', head)
      fates.mined(entry, events, head)
      return journal.outbox.setDone(entry, doneBy(events))
    })
    for (const guid of failed) {
      logger.warn({ guid, duty: entry.kind, hash: entry.hash }, 'refused, while others of its transaction were not')
      fates.lost(guid)
    }
  }

  /** The nonce is used up: by this transaction, or by another. */
  async #classify(entry: OutboxEntry, head: number, fates: TransactionFates, signal: AbortSignal): Promise<void> {
    const { client, journal, logger } = this.#options
    const { errors = [], ...events } = await client.transactionEvents([entry.hash], signal)
    const log = logger.child({ guid: entry.guid, duty: entry.kind, hash: entry.hash })
    const [error] = errors
    if (error === undefined) {
      this.#mined(entry, events, head, fates)
      log.debug('mined')
    } else if (/transaction failed|out of gas/i.test(error)) {
      journal.outbox.setState(entry.id, 'failed', head, error)
      log.warn({ reason: error }, 'mined, but failed')
      this.#lost(entry, head, fates)
    } else {
      const sent = this.#sentOf(entry)
      this.#sent.set(entry.id, { ...sent, misses: sent.misses + 1 })
      if (sent.misses + 1 < MISSES_UNTIL_REPLACED) return
      journal.outbox.setState(entry.id, 'replaced', head, 'another transaction of this account has its nonce')
      log.warn({ reason: error }, 'replaced by another transaction of this account')
      this.#quotes.drop()
      this.#lost(entry, head, fates)
    }
  }

  #lost(entry: OutboxEntry, head: number, fates: TransactionFates): void {
    const { outbox } = this.#options.journal
    const guids = outbox.guidsOf(entry)
    if (entry.guid === null && guids.length > 0 && !outbox.hasDoneTogether(entry.kind)) this.#batches.failed(head)
    for (const guid of guids.length > 0 ? guids : [null]) fates.lost(guid)
  }

  /** A nonce below those in use that no transaction has would hold all of them up: it gets one that changes nothing. */
  async #fillGaps(waiting: OutboxEntry[], next: number, head: number, signal: AbortSignal): Promise<void> {
    const { journal, wallet, market, logger } = this.#options
    const taken = new Set(waiting.map(({ nonce }) => nonce))
    const last = Math.max(...taken, next - 1)
    for (let nonce = next; nonce < last; nonce++) {
      if (taken.has(nonce)) continue
      signal.throwIfAborted()
      const filler = await this.#quotes.transaction(transferCall(market, wallet.address, 0n), FILLER_GAS, head)
      const signed = await wallet.sign([filler], nonce)
      const guid = null
      const attempt = journal.outbox.nextAttempt(guid, FILLER)
      const entries = signed.map((item) => ({ ...item, guid, kind: FILLER, attempt, head }) as const)
      waiting.push(...journal.writeDurably(() => journal.outbox.add(entries)))
      logger.warn({ nonce }, 'filling a gap in the nonces')
    }
    waiting.sort((a, b) => a.nonce - b.nonce)
  }

  #isStale(entry: OutboxEntry, head: number): boolean {
    if (this.#broadcaster.holds(entry)) return false
    const sent = this.#sent.get(entry.id)
    if (!sent) return true
    return head >= sent.head + REBROADCAST_AFTER_BLOCKS || this.#options.now() >= sent.at + REBROADCAST_AFTER_MS
  }

  /** What follows a transaction that was refused for good is not sent: it was meant to be mined after it. */
  #leaving(entry: OutboxEntry, head: number): boolean {
    const { journal, logger } = this.#options
    const { guid, kind, nonce, hash } = entry
    const actions = guid === null ? journal.outbox.guidsOf(entry).length : 0
    if (this.#refused.has(attemptOf(entry))) {
      journal.outbox.setState(entry.id, 'refused', head, 'the transaction before it was refused')
      this.#tellOfRefusal(entry)
      return false
    }
    const what = { ...(guid !== null && { guid }), duty: kind, ...(actions > 0 && { actions }), nonce, hash }
    if (this.#sent.has(entry.id)) logger.debug(what, 'sending again')
    else if (this.#approvals.delete(entry.id)) logger.debug(what, 'sending its approval')
    else logger.info(what, 'sending')
    return true
  }

  #answered(entry: OutboxEntry, answer: BroadcastAnswer, head: number): void {
    const { journal, logger, now } = this.#options
    const sent = this.#sentOf(entry)
    const message = answer?.message ?? 'no answer'
    const verdict = answer && !answer.is_error ? 'accepted' : judgeRefusal(message)
    // Silence is no refusal: it may have been sent on.
    const refusals = verdict === 'accepted' ? 0 : sent.refusals + (answer ? 1 : 0)
    this.#sent.set(entry.id, { ...sent, head, at: now(), refusals })
    if (verdict !== 'accepted') {
      // It may be for a nonce or a price that no longer holds.
      this.#quotes.drop()
      // What was sent again and was mined meanwhile has lost nothing.
      const level = sent.head > 0 && sent.refusals === 0 ? 'debug' : 'warn'
      logger[level]({ guid: entry.guid, duty: entry.kind, hash: entry.hash, reason: message }, 'not accepted')
    }
    if (verdict === 'refused' || refusals >= REFUSALS_UNTIL_GIVEN_UP) {
      journal.outbox.setState(entry.id, 'refused', head, message)
      this.#refused.add(attemptOf(entry))
      this.#tellOfRefusal(entry)
    }
  }

  #tellOfRefusal(entry: OutboxEntry): void {
    const { journal, refused } = this.#options
    for (const guid of journal.outbox.guidsOf(entry)) refused?.(guid)
  }

  #sentOf(entry: OutboxEntry) {
    return this.#sent.get(entry.id) ?? { head: 0, at: Number.NEGATIVE_INFINITY, refusals: 0, misses: 0 }
  }
}

/** The bounties of which events of one transaction tell. */
function doneBy(events: TransactionEvents): Set<Guid> {
  const { bounties = [], assertions = [], reveals = [], votes = [], settlements = [] } = events
  return new Set([
    ...bounties.map(({ guid }) => guid),
    ...[...assertions, ...reveals, ...votes, ...settlements].map(({ bounty_guid }) => bounty_guid),
  ])
}
