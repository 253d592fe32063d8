/** Bytes that wait for subscribers. What several wait for is one thing in memory, and is counted once. */
export class QueuedBytes {
  /** In bytes, for the whole daemon. */
  readonly limit: number
  readonly #readers = new Map<object, number>()
  #held = 0

  constructor(limit: number) {
    this.limit = limit
  }

  /** In bytes. */
  get held(): number {
    return this.#held
  }

  /** Whether more waits than may. */
  get exceeded(): boolean {
    return this.#held > this.limit
  }

  /** One more subscriber waits for a piece. */
  hold(piece: object, bytes: number): void {
    const readers = this.#readers.get(piece) ?? 0
    if (readers === 0) this.#held += bytes
    this.#readers.set(piece, readers + 1)
  }

  /** One subscriber has it, or is gone. */
  release(piece: object, bytes: number): void {
    const readers = this.#readers.get(piece) ?? 0
    if (readers > 1) {
      this.#readers.set(piece, readers - 1)
      return
    }
    if (this.#readers.delete(piece)) this.#held -= bytes
  }
}
