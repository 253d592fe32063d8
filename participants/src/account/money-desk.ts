import { setTimeout as delay } from 'node:timers/promises'
import { formatNct, type Guid, newGuid } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { Address, Hex } from 'viem'
import { isAddressEqual, parseTransaction } from 'viem/utils'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { InsufficientFundsError, MoneyMoveError } from '../errors.js'
import type { Journal } from '../runtime/journal/journal.js'
import { FILLER, type OutboxEntry } from '../runtime/journal/outbox.js'
import type { MarketPin } from '../runtime/market/market.js'
import { intendedCalls, type MarketAction } from '../runtime/market/market-action.js'
import type { GasLimits } from '../runtime/transactions/gas-quotes.js'
import { TransactionSender } from '../runtime/transactions/transaction-sender.js'
import type { Wallet } from '../runtime/transactions/wallet.js'

/** What people do with their money. */
export type MoneyMove = Extract<MarketAction, { kind: 'send' | 'mint' | 'allow' | 'stake' | 'withdraw-stake' }>

/** A move that is on the chain. */
export interface MoneyMoved {
  /** The transaction that moved it; the approval before it is not told. */
  hash: Hex
  /** A run that was cut short had begun it, and this one brought it to its end. */
  resumed: boolean
}

/** What a desk works with. The journal is its own: no participant has it. */
export interface MoneyDeskOptions {
  client: PolyswarmdClient
  wallet: Wallet
  journal: Journal
  market: MarketPin
  limits: GasLimits
  logger: Logger
}

/** Blocks after which a transaction is no longer looked after. */
const CONFIRMATIONS = 12

/** Attempts, where another program of the same account keeps taking the nonce. */
const ATTEMPTS = 5

/** Milliseconds between two looks at a transaction that is not mined yet. */
const SHORTEST_PAUSE = 100
const LONGEST_PAUSE = 1_000

/**
 * Moves the money of one account, one move at a time. A signed transaction is in the journal before it leaves, so a run that
 * is killed anywhere leaves at most one move whose fate is not known: the next run sends the same bytes again, until they
 * are mined or can never be, before it does anything else.
 */
export class MoneyDesk {
  readonly #options: MoneyDeskOptions
  readonly #sender: TransactionSender
  readonly #mined = new Map<Guid | null, Hex>()
  /** Moves that an earlier run had begun and this one has brought to their end. */
  readonly #resumed: OutboxEntry[] = []
  /** What an earlier run has done, perhaps, without anybody knowing. */
  #untold: Journal['untold']
  #isDone = false

  constructor(options: MoneyDeskOptions) {
    this.#options = options
    this.#untold = options.journal.untold
    const now = () => performance.now()
    this.#sender = new TransactionSender({ ...options, confirmations: CONFIRMATIONS, now })
  }

  /**
   * Brings a move to its end. Where an earlier run had begun the very same move and was cut short, that one is brought to its
   * end, and no second one is made.
   *
   * @returns when it is mined.
   * @throws InsufficientFundsError where the account has not enough.
   * @throws MoneyMoveError where a contract refuses it; nothing was signed then, or it was mined and failed.
   */
  async carryOut(move: MoneyMove, signal: AbortSignal): Promise<MoneyMoved> {
    const begun = await this.resume(move, signal)
    if (begun) return begun
    const { journal } = this.#options
    const guid = newGuid()
    for (let attempt = 1; ; attempt++) {
      await this.preview(move, signal)
      // Secured with the signed transactions, before any of them leaves.
      if (attempt === 1) journal.write(() => this.#remember({ guid, kind: move.kind }))
      await this.#sender.submit(guid, move, await this.#head(signal), signal)
      await this.#untilDecided(guid, move.kind, signal)
      const last = journal.outbox.lastAttempt(guid, move.kind)
      const hash = this.#mined.get(guid)
      if (last.state === 'mined' && hash !== undefined) {
        this.#isDone = true
        return { hash, resumed: false }
      }
      const reason = last.state === 'failed' ? last.reason : 'its transaction is gone'
      if (attempt === ATTEMPTS) throw new MoneyMoveError({ move: moveText(move), reason })
      this.#options.logger.warn({ reason }, 'trying again')
    }
  }

  /**
   * To be called when whoever asked for the last move knows its end. Until then the same move, asked for once more, is that
   * one: a run that is killed before it could say that it was done is no reason to do it twice.
   */
  told(): void {
    if (this.#isDone) this.forget()
  }

  /** Has the same move, asked for once more, be another one, whatever an earlier run has done. */
  forget(): void {
    const { journal } = this.#options
    this.#resumed.length = 0
    this.#untold = undefined
    if (journal.untold) journal.writeDurably(() => this.#remember(undefined))
  }

  /** Brings a move to its end that an earlier run had begun; undefined where none had. {@link carryOut} does so by itself. */
  async resume(move: MoneyMove, signal: AbortSignal): Promise<MoneyMoved | undefined> {
    await this.finishEarlier(signal)
    const resumed = this.#takeResumed(move)
    if (!resumed) return undefined
    this.#isDone = true
    return { hash: resumed.hash, resumed: true }
  }

  /**
   * Looks whether a move would succeed now, and what it costs.
   *
   * @returns for each transaction, in order, where it goes and the gas that it takes; null where the node cannot say.
   * @throws InsufficientFundsError, MoneyMoveError where it would not.
   */
  async preview(move: MoneyMove, signal: AbortSignal): Promise<{ to: Address; data: Hex; gas: bigint | null }[]> {
    const { client, market } = this.#options
    if (move.kind === 'send' || move.kind === 'stake') {
      const balance = await client.balance('nct', signal)
      const purpose = `To ${moveText(move)}`
      if (balance < move.amount) throw new InsufficientFundsError({ purpose, needed: move.amount, balance })
    }
    const calls = intendedCalls(market, move)
    const quote = await client.quote(calls, signal)
    const refusal = quote.calls.find(({ error }) => error !== null)?.error
    if (refusal) throw new MoneyMoveError({ move: moveText(move), reason: refusal })
    return calls.map((call, index) => ({ ...call, gas: quote.calls[index]?.gas ?? null }))
  }

  /** Brings to its end what a run that was cut short has left. {@link carryOut} does so by itself. */
  async finishEarlier(signal: AbortSignal): Promise<void> {
    const { journal, logger } = this.#options
    const untold = this.#untold && journal.outbox.minedFor(this.#untold.guid, this.#untold.kind)
    if (untold) this.#resumed.push(untold)
    this.#untold = undefined
    const head = await this.#head(signal)
    const left = journal.outbox.unsettled(head - CONFIRMATIONS).filter(({ state }) => state === 'signed')
    // The last of an attempt is the move itself; an approval may come before it.
    const moves = [...new Map(left.map((entry) => [`${entry.guid} ${entry.kind}`, entry])).values()]
    for (const entry of moves) {
      logger.info({ kind: entry.kind, hash: entry.hash }, 'a run that was cut short left this: finishing it first')
      if (entry.kind === FILLER) continue
      await this.#untilDecided(entry.guid, entry.kind, signal)
      if (journal.outbox.lastAttempt(entry.guid, entry.kind).state === 'mined') this.#resumed.push(entry)
    }
  }

  /**
   * Looks after what was sent before: what a re-org took back is sent again.
   *
   * @returns the newest block.
   */
  async tend(signal: AbortSignal): Promise<number> {
    const head = await this.#head(signal)
    await this.#sender.follow(head, { mined: () => undefined, lost: () => undefined }, signal)
    return head
  }

  #remember(move: Journal['untold']): void {
    this.#options.journal.untold = move
  }

  #takeResumed(move: MoneyMove): OutboxEntry | undefined {
    const call = intendedCalls(this.#options.market, move).at(-1)
    const index = this.#resumed.findIndex(({ raw }) => {
      const { to, data } = parseTransaction(raw)
      return call !== undefined && to && isAddressEqual(to, call.to) && data === call.data
    })
    return index < 0 ? undefined : this.#resumed.splice(index, 1)[0]
  }

  async #untilDecided(
    guid: Guid | null,
    kind: MoneyMove['kind'] | OutboxEntry['kind'],
    signal: AbortSignal,
  ): Promise<void> {
    const { journal } = this.#options
    const fates = {
      mined: (entry: OutboxEntry) => {
        this.#mined.set(entry.guid, entry.hash)
      },
      lost: () => undefined,
    }
    let pause = SHORTEST_PAUSE
    while (journal.outbox.lastAttempt(guid, kind as MoneyMove['kind']).state === 'pending') {
      await this.#sender.follow(await this.#head(signal), fates, signal)
      if (journal.outbox.lastAttempt(guid, kind as MoneyMove['kind']).state !== 'pending') return
      await delay(pause, undefined, { signal })
      pause = Math.min(pause * 1.5, LONGEST_PAUSE)
      // Nonce and price may change within a block on chains that mine at once.
      this.#sender.forget()
    }
  }

  async #head(signal: AbortSignal): Promise<number> {
    return (await this.#options.client.quote([], signal)).block
  }
}

/** A move in words, such as `send 5 NCT to 0x…`. */
export function moveText(move: MoneyMove): string {
  const amount = `${formatNct(move.amount)} NCT`
  switch (move.kind) {
    case 'send':
      return `send ${amount} to ${move.to}`
    case 'mint':
      return `mint ${amount} for ${move.to}`
    case 'allow':
      return `let ${move.spender} take up to ${amount}`
    case 'stake':
      return `stake ${amount}`
    case 'withdraw-stake':
      return `take ${amount} of stake back`
  }
}
