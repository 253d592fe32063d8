/**
 * Blocks in memory whose bytes were checked, up to a number of bytes; those that were asked for longest ago go first.
 * When a bounty is posted, every engine asks for the same artifacts within seconds.
 */
export class BlockCache {
  readonly #limit: number
  readonly #blocks = new Map<string, Uint8Array>()
  #size = 0

  /** @param limit bytes kept at most; 0 keeps nothing. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: string): Uint8Array | undefined {
    const bytes = this.#blocks.get(key)
    if (bytes) {
      this.#blocks.delete(key)
      this.#blocks.set(key, bytes)
    }
    return bytes
  }

  set(key: string, bytes: Uint8Array): void {
    if (bytes.length > this.#limit) return
    this.delete(key)
    this.#blocks.set(key, bytes)
    this.#size += bytes.length
    for (const [oldest] of this.#blocks) {
      if (this.#size <= this.#limit) break
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    this.#size -= this.#blocks.get(key)?.length ?? 0
    this.#blocks.delete(key)
  }
}
