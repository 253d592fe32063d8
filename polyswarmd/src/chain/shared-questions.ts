interface Asked {
  running: Promise<unknown>
  /** The question after the one that runs, which everybody who came meanwhile waits for. */
  next: Promise<unknown> | null
}

/**
 * Asks one question at a time for all who have it at the same time. An answer is never older than its question: whoever
 * comes while one is under way gets the answer to the next, which all who wait share.
 */
export class SharedQuestions {
  readonly #asked = new Map<string, Asked>()

  /**
   * The answer to a question.
   *
   * @param key the same for the same question.
   * @param question asks it; may be called later, or not at all.
   */
  ask<T>(key: string, question: () => Promise<T>): Promise<T> {
    const asked = this.#asked.get(key)
    if (!asked) return this.#begin(key, question)
    asked.next ??= asked.running.then(
      () => this.#begin(key, question),
      () => this.#begin(key, question),
    )
    return asked.next as Promise<T>
  }

  #begin<T>(key: string, question: () => Promise<T>): Promise<T> {
    const running = question()
    const asked: Asked = { running, next: null }
    this.#asked.set(key, asked)
    const end = () => {
      if (asked.next === null) this.#asked.delete(key)
    }
    running.then(end, end)
    return running
  }
}
