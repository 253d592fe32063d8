/** How many bytes each caller sends and receives at the moment. */
export class BytesInFlight {
  readonly #bytes = new Map<string, number>()

  /**
   * Adds a transfer. One that is larger than the limit is let through while there is no other.
   *
   * @returns what ends it, to be called once; null where the caller has too much under way already.
   */
  begin(caller: string, bytes: number, limit: number): (() => void) | null {
    const before = this.#bytes.get(caller) ?? 0
    if (before > 0 && before + bytes > limit) return null
    this.#bytes.set(caller, before + bytes)
    return () => {
      const after = (this.#bytes.get(caller) ?? 0) - bytes
      if (after > 0) this.#bytes.set(caller, after)
      else this.#bytes.delete(caller)
    }
  }
}
