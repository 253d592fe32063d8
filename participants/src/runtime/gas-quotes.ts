import type { Guid, UnsignedTransaction } from '@polyswarm/protocol'
import { TransactionMismatchError } from '../errors.js'
import type { MarketPin } from './market.js'
import { intendedCalls, type MarketAction } from './market-action.js'
import { type GasLimits, type VerifiedTransaction, verifyTransactions } from './transaction-verification.js'

/** For so many blocks the gas price of a quote is good enough. */
const QUOTE_BLOCKS = 1

interface Quote {
  trial: MarketAction
  block: number
  built: Promise<readonly UnsignedTransaction[] | undefined>
}

/**
 * Gas for actions that are still being decided on: of each, one of the same shape is built by the daemon and thrown away. If
 * it built just that, its gas counts for what is meant in the end as well.
 */
export class GasQuotes {
  readonly #market: MarketPin
  readonly #limits: GasLimits
  readonly #quotes = new Map<Guid, Quote>()

  constructor(market: MarketPin, limits: GasLimits) {
    this.#market = market
    this.#limits = limits
  }

  /** Keeps what is being built for a trial; it is forgotten when it is used, or some blocks later. */
  keep(guid: Guid, { trial, block, built }: Quote): void {
    for (const [of, quote] of this.#quotes) if (quote.block + QUOTE_BLOCKS < block) this.#quotes.delete(of)
    this.#quotes.set(guid, { trial, block, built: built.catch(() => undefined) })
  }

  /**
   * The transactions of an action as they are meant, with the gas of its trial.
   *
   * @returns undefined where there is no quote that fits, or the daemon built something else.
   */
  async take(guid: Guid, action: MarketAction, head: number): Promise<readonly VerifiedTransaction[] | undefined> {
    const quote = this.#quotes.get(guid)
    this.#quotes.delete(guid)
    const trial = quote && head <= quote.block + QUOTE_BLOCKS && trialOf(action, quote.trial)
    const built = trial && (await quote.built)
    if (!built) return undefined
    const allowed = { ...this.#limits, chainId: this.#market.chainId }
    const intended = intendedCalls(this.#market, action)
    try {
      const priced = verifyTransactions(built, intendedCalls(this.#market, trial), allowed)
      return priced.map((transaction, index) => ({ ...transaction, ...intended[index] }))
    } catch (error) {
      if (error instanceof TransactionMismatchError) return undefined
      throw error
    }
  }
}

/**
 * The trial, where its gas is enough for an action: an assertion on as many artifacts, or fewer, of the same bounty. The fee,
 * which the trial could not know, is the action's.
 */
function trialOf(action: MarketAction, trial: MarketAction): MarketAction | undefined {
  if (action.kind !== 'assert' || trial.kind !== 'assert') return undefined
  return action.numArtifacts === trial.numArtifacts ? { ...trial, assertionFee: action.assertionFee } : undefined
}
