import { type Guid, type TransactionEvents, transferCall } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { attemptOf, type BroadcastAnswer, Broadcaster } from './broadcaster.js'
import { FreshValue } from './fresh-value.js'
import { GasPrices } from './gas-prices.js'
import type { Journal } from './journal.js'
import type { MarketPin } from './market.js'
import { buildRequest, gasBoundsOf, intendedCalls, type MarketAction } from './market-action.js'
import { FILLER, type OutboxEntry } from './outbox.js'
import { judgeRefusal } from './refusal.js'
import { withStandingAllowance } from './standing-allowance.js'
import { type GasLimits, type VerifiedTransaction, verifyTransactions } from './transaction-verification.js'
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
}

/** What is to happen when the fate of a transaction is known. */
export interface TransactionFates {
  /** Mined without failing; called within the journal transaction that says so. */
  mined(entry: OutboxEntry, events: TransactionEvents, head: number): void
  /** Failed, or replaced by another. */
  lost(entry: OutboxEntry): void
}

const REBROADCAST_AFTER_BLOCKS = 2
const REBROADCAST_AFTER_MS = 3_000
const REFUSALS_UNTIL_GIVEN_UP = 5
const MISSES_UNTIL_REPLACED = 3
const FILLER_GAS = 100_000n
/** Questions about mined transactions that are under way at the same time. */
const QUESTIONS = 8

/**
 * Brings actions onto the chain. Each is priced by the daemon, signed with the next free nonce, written to the outbox and only
 * then sent; and sent again, the same bytes, until it is mined and deep enough, across restarts, lost connections and
 * re-orgs. No nonce is ever left out: one that the node refused for good is used again, or filled.
 *
 * Actions can be submitted at the same time as each other: they are priced at the same time, and get their nonces, and are
 * sent, one after the other. `follow` must not run twice at a time.
 */
export class TransactionSender {
  readonly #options: TransactionSenderOptions
  /** When each transaction was last sent, and how often it was refused; forgotten, and so sent again, after a restart. */
  readonly #sent = new Map<number, { head: number; at: number; refusals: number; misses: number }>()
  /** Attempts of which the node refused a transaction for good. */
  readonly #refused = new Set<string>()
  /** Transactions that only prepare the next of their attempt. */
  readonly #approvals = new Set<number>()
  readonly #prices = new GasPrices()
  readonly #broadcaster: Broadcaster
  readonly #mined: FreshValue<number>
  #signing: Promise<unknown> = Promise.resolve()
  #gasPrice = 0n

  constructor(options: TransactionSenderOptions) {
    this.#options = options
    this.#mined = new FreshValue(() => options.client.nonce())
    this.#broadcaster = new Broadcaster({
      send: (raw, signal) => options.client.sendTransactions(raw, signal),
      leaving: (entry, head) => this.#leaving(entry, head),
      answered: (entry, answer, head) => this.#answered(entry, answer, head),
    })
  }

  /**
   * Asks at once for what it takes to sign an action soon: the nonce, and the price of gas, for which a like action is
   * built and thrown away, unless another was priced just now.
   *
   * @param block the newest block.
   */
  prepare(trial: MarketAction, block: number, signal: AbortSignal): void {
    this.#mined.at(block).catch(() => undefined)
    if (!this.#prices.at(trial.kind, block)) this.#build(trial, block, signal).catch(() => undefined)
  }

  /** After a re-org, or with another daemon behind the same address: what it said has to be asked for again. */
  forget(): void {
    this.#mined.drop()
    this.#prices.drop()
  }

  /**
   * Signs and sends an action.
   *
   * @throws TransactionMismatchError where the daemon built something else; nothing is signed then.
   * @throws GatewayUnavailableError, GatewayRefusedError, GatewayAnswerError where it was not built.
   */
  async submit(guid: Guid, action: MarketAction, head: number, signal: AbortSignal): Promise<void> {
    const [exact, mined] = await Promise.all([this.#priced(guid, action, head, signal), this.#mined.at(head)])
    const turn = this.#signing.then(async () => {
      signal.throwIfAborted()
      const entries = await this.#sign(guid, action, exact, { mined, head })
      // They are in line before the next gets its nonce: so they leave in the order of their nonces.
      return { sent: this.#broadcaster.send(entries, head, signal) }
    })
    this.#signing = turn.catch(() => undefined)
    await (await turn).sent
  }

  /**
   * The transactions of an action as they are meant, at the price that the daemon asks. It builds one of a block itself, and
   * shows so that it serves this market; and every one that is tried again, whose gas it then estimates.
   */
  async #priced(
    guid: Guid,
    action: MarketAction,
    head: number,
    signal: AbortSignal,
  ): Promise<readonly VerifiedTransaction[]> {
    const { market, limits, journal } = this.#options
    const asked = this.#prices.at(action.kind, head)
    const isTriedAgain = journal.outbox.lastAttempt(guid, action.kind).state === 'failed'
    const gasPrice = asked && !isTriedAgain ? await asked : undefined
    const gas = this.#prices.limits(gasBoundsOf(action))
    if (gasPrice === undefined || gas.some((limit) => limit > limits.maxGas)) return this.#build(action, head, signal)
    return intendedCalls(market, action).map((call, index) => ({
      ...call,
      type: 'legacy',
      chainId: market.chainId,
      value: 0n,
      gas: gas[index] ?? limits.maxGas,
      gasPrice,
    }))
  }

  #build(action: MarketAction, head: number, signal: AbortSignal): Promise<readonly VerifiedTransaction[]> {
    const { client, market, limits } = this.#options
    const { path, body } = buildRequest(action)
    const built = client
      .build(path, body, signal)
      .then((all) => verifyTransactions(all, intendedCalls(market, action), { ...limits, chainId: market.chainId }))
    this.#prices.learn(head, { kind: action.kind, bounds: gasBoundsOf(action), built })
    return built
  }

  /** From here to the outbox nobody else gets a nonce or a part of the allowance. */
  async #sign(
    guid: Guid,
    action: MarketAction,
    exact: readonly VerifiedTransaction[],
    { mined, head }: { mined: number; head: number },
  ): Promise<OutboxEntry[]> {
    const { journal, market, wallet, confirmations } = this.#options
    const { transactions: verified, left } = withStandingAllowance(exact, action, market, {
      cap: this.#options.allowance,
      left: this.#allowanceLeft(guid, action),
    })
    this.#gasPrice = verified[0]?.gasPrice ?? 0n
    const highest = journal.outbox.highestNonce(head - confirmations)
    const signed = await wallet.sign(verified, highest === undefined ? mined : Math.max(mined, highest + 1))
    const entries = journal.secure(() => {
      if (left !== undefined) journal.allowance = left
      const attempt = journal.outbox.nextAttempt(guid, action.kind)
      return journal.outbox.add(signed.map((item) => ({ ...item, guid, kind: action.kind, attempt, head })))
    })
    for (const { id } of entries.slice(0, -1)) this.#approvals.add(id)
    return entries
  }

  /** After a failure nothing is taken for granted: the next attempt approves anew. */
  #allowanceLeft(guid: Guid, { kind }: MarketAction): bigint {
    const { journal } = this.#options
    return journal.outbox.lastAttempt(guid, kind).state === 'failed' ? 0n : journal.allowance
  }

  /**
   * Looks after what was sent: learns what was mined, sends again what was not, fills gaps.
   *
   * @param head the newest block.
   */
  async follow(head: number, fates: TransactionFates, signal: AbortSignal): Promise<void> {
    const { client, journal, confirmations } = this.#options
    const entries = journal.outbox.unsettled(head - confirmations)
    if (entries.length === 0) return
    for (const { id, state } of entries) if (state !== 'signed') this.#sent.delete(id)
    const next = await client.nonce(signal)
    const waiting = entries.filter(({ nonce }) => nonce >= next).map((entry) => this.#reopened(entry, head))
    const used = entries.filter(({ nonce, state }) => nonce < next && state === 'signed')
    while (used.length > 0) {
      const asked = used.splice(0, QUESTIONS).map((entry) => this.#classify(entry, head, fates, signal))
      for (const result of await Promise.allSettled(asked)) if (result.status === 'rejected') throw result.reason
    }
    await this.#fillGaps(waiting, next, head, signal)
    await this.#broadcaster.send(
      waiting.filter((entry) => this.#isStale(entry, head)),
      head,
      signal,
    )
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

  /** The nonce is used up: by this transaction, or by another. */
  async #classify(entry: OutboxEntry, head: number, fates: TransactionFates, signal: AbortSignal): Promise<void> {
    const { client, journal, logger } = this.#options
    const { errors = [], ...events } = await client.transactionEvents([entry.hash], signal)
    const log = logger.child({ guid: entry.guid, duty: entry.kind, hash: entry.hash })
    const [error] = errors
    if (error === undefined) {
      journal.write(() => {
        journal.outbox.setState(entry.id, 'mined', head)
        fates.mined(entry, events, head)
      })
      log.debug('mined')
    } else if (/transaction failed|out of gas/i.test(error)) {
      journal.outbox.setState(entry.id, 'failed', head, error)
      log.warn({ reason: error }, 'mined, but failed')
      fates.lost(entry)
    } else {
      const sent = this.#sentOf(entry)
      this.#sent.set(entry.id, { ...sent, misses: sent.misses + 1 })
      if (sent.misses + 1 < MISSES_UNTIL_REPLACED) return
      journal.outbox.setState(entry.id, 'replaced', head, 'another transaction of this account has its nonce')
      log.warn({ reason: error }, 'replaced by another transaction of this account')
      fates.lost(entry)
    }
  }

  /** A nonce below those in use that no transaction has would hold all of them up: it gets one that changes nothing. */
  async #fillGaps(waiting: OutboxEntry[], next: number, head: number, signal: AbortSignal): Promise<void> {
    const { journal, wallet, market, logger } = this.#options
    const taken = new Set(waiting.map(({ nonce }) => nonce))
    const last = Math.max(...taken, next - 1)
    for (let nonce = next; nonce < last; nonce++) {
      if (taken.has(nonce)) continue
      signal.throwIfAborted()
      const filler: VerifiedTransaction = {
        ...transferCall(market, wallet.address, 0n),
        type: 'legacy',
        chainId: market.chainId,
        value: 0n,
        gas: FILLER_GAS,
        gasPrice: this.#gasPrice,
      }
      const signed = await wallet.sign([filler], nonce)
      const guid = '' as Guid
      const attempt = journal.outbox.nextAttempt(guid, FILLER)
      const entries = signed.map((item) => ({ ...item, guid, kind: FILLER, attempt, head }) as const)
      waiting.push(...journal.secure(() => journal.outbox.add(entries)))
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
    if (this.#refused.has(attemptOf(entry))) {
      journal.outbox.setState(entry.id, 'refused', head, 'the transaction before it was refused')
      return false
    }
    const what = { ...(guid !== '' && { guid }), duty: kind, nonce, hash }
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
      // What was sent again and was mined meanwhile has lost nothing.
      const level = sent.head > 0 && sent.refusals === 0 ? 'debug' : 'warn'
      logger[level]({ guid: entry.guid, duty: entry.kind, hash: entry.hash, reason: message }, 'not accepted')
    }
    if (verdict === 'refused' || refusals >= REFUSALS_UNTIL_GIVEN_UP) {
      journal.outbox.setState(entry.id, 'refused', head, message)
      this.#refused.add(attemptOf(entry))
    }
  }

  #sentOf(entry: OutboxEntry) {
    return this.#sent.get(entry.id) ?? { head: 0, at: Number.NEGATIVE_INFINITY, refusals: 0, misses: 0 }
  }
}
