import { Semaphore } from '../semaphore.js'
import { Examiner, type ExaminerAnswer, type ExaminerRequest } from './examiner.js'

/** A few examiners, started when there is something to examine, and again after one was ended. */
export class ExaminerPool {
  readonly #gate: Semaphore
  readonly #memory: number | undefined
  readonly #idle: Examiner[] = []

  /**
   * @param size examiners at the same time.
   * @param memory bytes that each of them may have; 1 GiB by default.
   */
  constructor(size: number, memory?: number) {
    this.#gate = new Semaphore(size)
    this.#memory = memory
  }

  /**
   * Has the next free examiner look into a content.
   *
   * @throws the signal's reason once it fires, also while it waits for an examiner; ExaminerError where the examiner ends.
   */
  async *ask(request: ExaminerRequest, content: Uint8Array, signal: AbortSignal): AsyncGenerator<ExaminerAnswer> {
    const leave = await this.#gate.enter(signal)
    const examiner = this.#next()
    const answers = examiner.ask(request, content, signal)
    try {
      const asked = answers.next()
      // Free again when it is through, whether or not all that it said was heard.
      void examiner.settled().then(() => this.#back(examiner, leave))
      const first = await asked
      if (first.done) return
      yield first.value
      yield* answers
    } finally {
      await answers.return(undefined)
    }
  }

  /** Ends all that are idle. */
  async end(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((examiner) => examiner.end()))
  }

  #next(): Examiner {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) if (idle.alive) return idle
    return new Examiner(this.#memory)
  }

  #back(examiner: Examiner, leave: () => void): void {
    if (examiner.alive) this.#idle.push(examiner)
    leave()
  }
}
