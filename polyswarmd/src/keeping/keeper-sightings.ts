import type { Address } from 'viem'

/** Blocks after which a keeper that asks no more is taken to be gone. */
const LATELY = 10

/** Ambassadors whose own keepers are remembered. */
const MOST_AUTHORS = 1_000

/** Which keepers have lately asked what is due: those for everybody, and those for the bounties of one author. */
export class KeeperSightings {
  readonly #asked = new Map<Address | 'everybody', number>()

  /** A keeper has asked, for the bounties of `author` or for all. `head` is the newest block. */
  note(head: number, author: Address | 'everybody' = 'everybody'): void {
    this.#asked.delete(author)
    this.#asked.set(author, head)
    for (const [key, at] of this.#asked) {
      if (at >= head - LATELY && this.#asked.size <= MOST_AUTHORS) break
      this.#asked.delete(key)
    }
  }

  /** Whether a keeper looks after bounties of this author. */
  has(head: number, author: Address): boolean {
    return [author, 'everybody' as const].some(
      (key) => (this.#asked.get(key) ?? Number.NEGATIVE_INFINITY) >= head - LATELY,
    )
  }
}
