import type { ActionKind } from './market-action.js'
import type { VerifiedTransaction } from './transaction-verification.js'

/** For so many blocks a gas price is good enough. */
const PRICE_BLOCKS = 1

/** Milliseconds that others wait for what is being built: one answer that does not come must not hold up every reveal. */
const PATIENCE = 1_000

/** Factors are in percent. */
const WHOLE = 100n

/** What is being built: of which kind, and the most gas that each of its transactions should need. */
interface Building {
  kind: ActionKind
  bounds: readonly bigint[]
  built: Promise<readonly VerifiedTransaction[]>
}

/**
 * What the daemon said of gas when it last built something: it has a node to ask, and asks for each transaction. The others
 * of the same block need not wait for that.
 *
 * A chain may have dearer gas rules than those that the bounds of actions were measured under. So an action of each kind is
 * built once, and bounds are taken as many times as the daemon ever went beyond one.
 */
export class GasPrices {
  readonly #kinds = new Set<ActionKind>()
  #factor = WHOLE
  #last: { kind: ActionKind; block: number; price: Promise<bigint | undefined> } | undefined

  /** @returns undefined where the daemon has to build; so does one who waits and is told of undefined. */
  at(kind: ActionKind, head: number): Promise<bigint | undefined> | undefined {
    const last = this.#last
    if (!last || head > last.block + PRICE_BLOCKS) return undefined
    return last.kind === kind || this.#kinds.has(kind) ? last.price : undefined
  }

  /** The most gas that transactions can need on this chain. */
  limits(bounds: readonly bigint[]): bigint[] {
    return bounds.map((bound) => (bound * this.#factor) / WHOLE)
  }

  /** Learns from what is being built when `head` is the newest block. */
  learn(head: number, { kind, bounds, built }: Building): void {
    const learned = built.then(
      (transactions) => {
        this.#kinds.add(kind)
        for (const [index, { gas }] of transactions.entries()) this.#compare(gas, bounds[index])
        return transactions[0]?.gasPrice
      },
      () => undefined,
    )
    const patience = new Promise<undefined>((resolve) => {
      setTimeout(() => resolve(undefined), PATIENCE).unref()
    })
    this.#last = { kind, block: head, price: Promise.race([learned, patience]) }
  }

  /** The daemon has to build again. */
  drop(): void {
    this.#last = undefined
  }

  #compare(gas: bigint, bound = gas): void {
    const factor = (gas * WHOLE + bound - 1n) / bound
    if (factor > this.#factor) this.#factor = factor
  }
}
