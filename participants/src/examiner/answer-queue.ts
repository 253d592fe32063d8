/** Answers that have come and wait for the one who asked. */
export class AnswerQueue<Answer extends { body: Uint8Array }> {
  readonly #answers: Answer[] = []
  #held = 0
  #failure: Error | undefined
  #wake: (() => void) | undefined

  /** Bytes that wait. */
  get held(): number {
    return this.#held
  }

  push(answer: Answer): void {
    this.#answers.push(answer)
    this.#held += answer.body.length
    this.#wake?.()
  }

  /** Nothing more will come, and why. What has come can still be had; only the first reason counts. */
  fail(reason: Error): void {
    this.#failure ??= reason
    this.#wake?.()
  }

  /** @throws the reason for which nothing more comes. */
  async next(): Promise<Answer> {
    for (;;) {
      const answer = this.#answers.shift()
      if (answer) {
        this.#held -= answer.body.length
        return answer
      }
      if (this.#failure) throw this.#failure
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
  }
}
