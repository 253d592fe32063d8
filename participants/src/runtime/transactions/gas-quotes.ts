import type { MarketCall, QuoteResult } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { Address, Hex } from 'viem'
import { PerBlockCache } from '../../client/per-block-cache.js'
import { QuoteRejectedError } from '../../errors.js'
import type { MarketPin } from '../market/market.js'
import { type ActionKind, gasBoundsOf, intendedCalls, type MarketAction } from '../market/market-action.js'
import { FeeWatch } from './fee-watch.js'

/** The most that a participant pays for a transaction's execution. */
export interface GasLimits {
  /** Units of gas for one transaction. */
  maxGas: bigint
  /** Price of a unit, in wei. */
  maxGasPrice: bigint
}

/** A transaction that may be signed, but for its nonce. */
export interface PricedTransaction {
  type: 'legacy'
  chainId: number
  to: Address
  data: Hex
  value: 0n
  gas: bigint
  gasPrice: bigint
}

/** What quotes are asked with, and held against. */
export interface GasQuotesOptions {
  /** Asks the daemon; see `PolyswarmdClient.quote`. */
  ask: (calls: readonly MarketCall[]) => Promise<QuoteResult>
  market: MarketPin
  limits: GasLimits
  logger: Logger
  /** The most blocks for which a quote is used again: those for which the outbox knows what nonces are taken since. */
  confirmations: number
}

/** Factors are in percent. */
const WHOLE = 100n

/**
 * What the daemon says of nonce and gas, asked for once a block at most, and seldomer while the base fee does not rise.
 * Recipient, calldata, value and chain of a transaction are the participant's own; of a quote only nonce, gas and price are
 * used, the latter two up to a limit.
 *
 * A gas limit is the bound of the action. A chain may have dearer rules than those that the bounds were measured under:
 * so the first action of a kind, and each that is tried again, is quoted with its calls, and all bounds are taken as many
 * times as a quote was ever beyond one. That a call would revert is no reason not to send it: a daemon that says so could
 * keep a participant from its reveal.
 */
export class GasQuotes {
  readonly #options: GasQuotesOptions
  readonly #quotes: PerBlockCache<QuoteResult>
  readonly #fees = new FeeWatch()
  /** By kind, the quote that was asked with the calls of an action. */
  readonly #detailed = new Map<ActionKind, Promise<unknown>>()
  #factor = WHOLE

  constructor(options: GasQuotesOptions) {
    this.#options = options
    const { confirmations } = options
    const holds = (from: number, to: number) => to - from <= confirmations && this.#fees.holds(from, to)
    this.#quotes = new PerBlockCache(() => this.#ask([]), holds)
  }

  /** There is a new block; its base fee, in wei, is not always told. */
  hear(block: number, baseFee: bigint | undefined): void {
    this.#fees.hear(block, baseFee)
  }

  /**
   * A quote of `block` or later.
   *
   * @throws QuoteRejectedError for another chain; GatewayUnavailableError, GatewayRefusedError, GatewayAnswerError.
   */
  fresh(block: number): Promise<QuoteResult> {
    return this.#quotes.fresh(block)
  }

  /** What the node says of calls now. @throws what {@link fresh} throws. */
  async simulate(calls: readonly MarketCall[], block: number): Promise<QuoteResult['calls']> {
    return (await this.#quotes.keep(block, this.#ask(calls))).calls
  }

  /**
   * The transactions of an action, or of several of one kind together, and a nonce that the account had in one of the last
   * blocks: what it has sent since is in its outbox.
   *
   * @param again whether the action failed before.
   * @throws QuoteRejectedError beyond the limits, and what {@link fresh} throws.
   */
  async price(actions: readonly [MarketAction, ...MarketAction[]], block: number, again: boolean) {
    const { market, limits } = this.#options
    const { kind } = actions[0]
    const calls = intendedCalls(market, ...actions)
    const bounds = gasBoundsOf(...actions)
    if (again || !this.#detailed.has(kind)) this.#askFor(kind, calls, bounds, block)
    await this.#detailed.get(kind)
    const { nonce } = await this.#quotes.at(block)
    const transactions = calls.map((call, index) =>
      this.transaction(call, this.gasOf(bounds[index] ?? limits.maxGas), block),
    )
    return { transactions: await Promise.all(transactions), nonce }
  }

  /** The gas that is taken for a bound, by what quotes were ever beyond theirs. */
  gasOf(bound: bigint): bigint {
    return (bound * this.#factor) / WHOLE
  }

  /**
   * A transaction at the price of `block`, with so much gas as long as that is within the limit.
   *
   * @throws QuoteRejectedError for a price beyond the limit, and what {@link fresh} throws.
   */
  async transaction({ to, data }: MarketCall, gas: bigint, block: number): Promise<PricedTransaction> {
    const { limits, market } = this.#options
    const { gas_price: gasPrice } = await this.#quotes.at(block)
    if (gasPrice > limits.maxGasPrice) {
      throw new QuoteRejectedError({
        field: 'gas price',
        accepted: `at most ${limits.maxGasPrice}`,
        got: `${gasPrice}`,
      })
    }
    const allowed = gas > limits.maxGas ? limits.maxGas : gas
    return { type: 'legacy', chainId: market.chainId, to, data, value: 0n, gas: allowed, gasPrice }
  }

  /** After a re-org, or with another daemon behind the same address, nothing that was quoted holds. */
  drop(): void {
    this.#quotes.drop()
    this.#fees.forget()
    this.#detailed.clear()
  }

  #askFor(kind: ActionKind, calls: readonly MarketCall[], bounds: readonly bigint[], block: number): void {
    const asked = this.#quotes.keep(block, this.#ask(calls)).then((quote) => this.#learn(kind, quote, bounds))
    this.#detailed.set(kind, asked)
    asked.catch(() => {
      if (this.#detailed.get(kind) === asked) this.#detailed.delete(kind)
    })
  }

  async #ask(calls: readonly MarketCall[]): Promise<QuoteResult> {
    const { ask, market } = this.#options
    const quote = await ask(calls)
    if (quote.chain_id === market.chainId) return quote
    throw new QuoteRejectedError({ field: 'chain id', accepted: `${market.chainId}`, got: `${quote.chain_id}` })
  }

  #learn(kind: ActionKind, { calls }: QuoteResult, bounds: readonly bigint[]): void {
    const { limits, logger } = this.#options
    for (const [index, { gas, error }] of calls.entries()) {
      const bound = bounds[index]
      if (error !== null)
        logger.debug({ duty: kind, reason: error }, 'would fail as the chain is now, sending it all the same')
      if (gas === null || bound === undefined) continue
      if (gas > limits.maxGas) {
        throw new QuoteRejectedError({ field: 'gas', accepted: `at most ${limits.maxGas}`, got: `${gas}` })
      }
      const factor = (gas * WHOLE + bound - 1n) / bound
      if (factor > this.#factor) this.#factor = factor
    }
  }
}
