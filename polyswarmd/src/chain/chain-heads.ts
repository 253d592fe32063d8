import { EventEmitter, once } from 'node:events'
import type { Hex } from 'viem'

/** A new block at the end of the chain. */
export interface ChainHead {
  number: number
  hash: Hex
  parent: Hex
  /** In wei; null on a chain that has none. */
  baseFee?: bigint | null
  /** Hashes of its transactions. */
  transactions: readonly Hex[]
}

/** How long an answer holds at most where no block comes, in ms. */
const MAX_AGE = 1_000

/** Answers that are kept; of more, the oldest go. */
const MAX_KEPT = 10_000

/**
 * The blocks that the follower sees at the end of the chain, and what was asked of the node since the last of them: that
 * does not change before the next.
 */
export class ChainHeads extends EventEmitter<{ head: [head: ChainHead, follows: boolean] }> {
  readonly #now: () => number
  readonly #kept = new Map<string, { answer: Promise<unknown>; at: number }>()
  #last: ChainHead | null = null
  #seen = 0

  /** @param now a clock in ms that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    super()
    this.setMaxListeners(0)
    this.#now = now
  }

  /** How many heads there have been. */
  get seen(): number {
    return this.#seen
  }

  /** Takes down what the end of the chain is. */
  saw(head: ChainHead): void {
    if (head.hash === this.#last?.hash) return
    const follows = head.parent === this.#last?.hash
    this.#last = head
    this.#seen++
    this.#kept.clear()
    this.emit('head', head, follows)
  }

  /**
   * What a question was answered since the last head, or is answered now. Failures are not kept.
   *
   * @param key the same for the same question.
   * @param maxAge how long an answer holds at most, in ms: a block may be there that nobody has told of.
   */
  answered<T>(key: string, question: () => Promise<T>, maxAge = MAX_AGE): Promise<T> {
    const now = this.#now()
    const known = this.#kept.get(key)
    if (known && now - known.at < maxAge) return known.answer as Promise<T>
    const answer = question()
    const entry = { answer, at: now }
    this.#kept.delete(key)
    this.#kept.set(key, entry)
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value ?? '')
    answer.catch(() => {
      if (this.#kept.get(key) === entry) this.#kept.delete(key)
    })
    return answer
  }

  /** Waits for a block that has a transaction, or may have it; or until the signal fires. */
  async including(hash: Hex, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const [head, follows] = await once(this, 'head', { signal }).catch(() => [null, false])
      // Between blocks that do not follow one another there may have been others.
      if (!head || !follows || (head as ChainHead).transactions.includes(hash)) return
    }
  }
}
