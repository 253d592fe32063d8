import { type Guid, type TransactionEvents, transferCall } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import type { Journal } from './journal.js'
import type { MarketPin } from './market.js'
import { buildRequest, intendedCalls, type MarketAction } from './market-action.js'
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

/**
 * Brings actions onto the chain. Each is built by the daemon, verified, signed with the next free nonce, written to the
 * outbox and only then sent; and sent again, the same bytes, until it is mined and deep enough, across restarts, lost
 * connections and re-orgs. No nonce is ever left out: one that the node refused for good is used again.
 *
 * Its methods must not run at the same time as each other: nonces are given out one action after the other.
 */
export class TransactionSender {
  readonly #options: TransactionSenderOptions
  /** When each transaction was last sent, and how often it was refused; forgotten, and so sent again, after a restart. */
  readonly #sent = new Map<number, { head: number; at: number; refusals: number; misses: number }>()
  #gasPrice = 0n

  constructor(options: TransactionSenderOptions) {
    this.#options = options
  }

  /**
   * Signs and sends an action.
   *
   * @throws TransactionMismatchError where the daemon built something else; nothing is signed then.
   * @throws GatewayUnavailableError, GatewayRefusedError, GatewayAnswerError where it was not built.
   */
  async submit(guid: Guid, action: MarketAction, head: number, signal: AbortSignal): Promise<void> {
    const { client, journal, market, limits, wallet, logger, confirmations } = this.#options
    const { path, body } = buildRequest(action)
    const built = await client.build(path, body, signal)
    const exact = verifyTransactions(built, intendedCalls(market, action), { ...limits, chainId: market.chainId })
    const { transactions: verified, left } = withStandingAllowance(exact, action, market, {
      cap: this.#options.allowance,
      left: this.#allowanceLeft(guid, action),
    })
    this.#gasPrice = verified[0]?.gasPrice ?? 0n
    const mined = await client.nonce(signal)
    const highest = journal.outbox.highestNonce(head - confirmations)
    const signed = await wallet.sign(verified, highest === undefined ? mined : Math.max(mined, highest + 1))
    const entries = journal.write(() => {
      if (left !== undefined) journal.allowance = left
      const attempt = journal.outbox.nextAttempt(guid, action.kind)
      return journal.outbox.add(signed.map((item) => ({ ...item, guid, kind: action.kind, attempt, head })))
    })
    logger.info(
      { ...(guid !== '' && { guid }), duty: action.kind, nonce: entries[0]?.nonce, hash: entries.at(-1)?.hash },
      'sending',
    )
    await this.#broadcast(entries, head, signal)
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
    const next = await client.nonce(signal)
    const waiting: OutboxEntry[] = []
    for (const entry of entries) {
      if (entry.nonce >= next) waiting.push(this.#reopened(entry, head))
      else if (entry.state === 'signed') await this.#classify(entry, head, fates, signal)
    }
    await this.#fillGaps(waiting, next, head, signal)
    await this.#broadcast(
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
      this.#sent.delete(entry.id)
    } else if (/transaction failed|out of gas/i.test(error)) {
      journal.outbox.setState(entry.id, 'failed', head, error)
      log.warn({ reason: error }, 'mined, but failed')
      this.#sent.delete(entry.id)
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
      waiting.push(...journal.outbox.add(signed.map((item) => ({ ...item, guid, kind: FILLER, attempt, head }))))
      logger.warn({ nonce }, 'filling a gap in the nonces')
    }
    waiting.sort((a, b) => a.nonce - b.nonce)
  }

  #isStale(entry: OutboxEntry, head: number): boolean {
    const sent = this.#sent.get(entry.id)
    if (!sent) return true
    return head >= sent.head + REBROADCAST_AFTER_BLOCKS || this.#options.now() >= sent.at + REBROADCAST_AFTER_MS
  }

  /** Sends transactions one by one, in the order of their nonces, and stops an attempt at the first that is refused. */
  async #broadcast(entries: readonly OutboxEntry[], head: number, signal: AbortSignal): Promise<void> {
    const { client, journal, logger, now } = this.#options
    const refused = new Set<string>()
    for (const entry of entries) {
      const attempt = `${entry.guid} ${entry.kind} ${entry.attempt}`
      if (refused.has(attempt)) {
        journal.outbox.setState(entry.id, 'refused', head, 'the transaction before it was refused')
        continue
      }
      const [answer] = await client.sendTransactions([entry.raw], signal)
      const sent = this.#sentOf(entry)
      const verdict = answer?.is_error ? judgeRefusal(answer.message) : 'accepted'
      const refusals = verdict === 'accepted' ? 0 : sent.refusals + 1
      this.#sent.set(entry.id, { ...sent, head, at: now(), refusals })
      if (verdict !== 'accepted') {
        logger.warn({ guid: entry.guid, duty: entry.kind, hash: entry.hash, reason: answer?.message }, 'not accepted')
      }
      if (verdict === 'refused' || refusals >= REFUSALS_UNTIL_GIVEN_UP) {
        journal.outbox.setState(entry.id, 'refused', head, answer?.message ?? 'no answer')
        refused.add(attempt)
      }
    }
  }

  #sentOf(entry: OutboxEntry) {
    return this.#sent.get(entry.id) ?? { head: 0, at: Number.NEGATIVE_INFINITY, refusals: 0, misses: 0 }
  }
}
