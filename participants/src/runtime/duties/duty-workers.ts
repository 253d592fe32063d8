import { type DutyQueue, type Lane, nameOf, type QueuedDuty } from './duty-queue.js'

/** What workers do, and how many of them there are. */
export interface DutyWorkersOptions {
  queue: DutyQueue
  /** Duties that are done at the same time, by lane. */
  capacity: Record<Lane, number>
  /** Whether a decision is begun now; otherwise it stays where it is until something else is over, or gone with it. */
  admit: (duty: QueuedDuty) => 'now' | 'later' | 'never'
  /** Does a duty. The signal fires where it is given up. */
  perform: (duty: QueuedDuty, signal: AbortSignal) => Promise<void>
  /** Called when a duty was done, or could not be: with the error then. */
  over: (duty: QueuedDuty, error?: unknown) => void
}

/**
 * Does what is due: in each lane the most urgent first, some at a time, never the same twice at a time. No lane takes a
 * worker of another. Nothing is decided on while a reveal or a vote waits for its worker.
 */
export class DutyWorkers {
  readonly #options: DutyWorkersOptions
  readonly #underWay = new Map<string, { duty: QueuedDuty; stop: AbortController; done: Promise<void> }>()
  readonly #busy: Record<Lane, number> = { deadline: 0, ordinary: 0, decision: 0, comparison: 0 }
  #closed = false

  constructor(options: DutyWorkersOptions) {
    this.#options = options
  }

  /** Begins as much of what is due as there are workers for. */
  pump(): void {
    if (this.#closed) return
    this.#fill('deadline')
    this.#fill('ordinary')
    this.#fill('comparison')
    if (!this.#options.queue.peek('deadline')) this.#fill('decision')
  }

  /** Gives up what is under way and fulfils a condition, for a reason that its signal carries. */
  giveUp(which: (duty: QueuedDuty) => boolean, reason: DOMException): void {
    for (const { duty, stop } of this.#underWay.values()) if (which(duty)) stop.abort(reason)
  }

  /** Ends when what is under way at this moment is over. */
  async idle(): Promise<void> {
    await Promise.all([...this.#underWay.values()].map(({ done }) => done))
  }

  /** Begins nothing more, gives up what is under way, and waits for it. */
  async close(): Promise<void> {
    this.#closed = true
    this.giveUp(() => true, new DOMException('Stopping.', 'AbortError'))
    await this.idle()
  }

  #fill(lane: Lane): void {
    const { queue, capacity, admit } = this.#options
    while (this.#busy[lane] < capacity[lane]) {
      const duty = queue.peek(lane)
      if (!duty) return
      // What is under way is looked at again when it is over.
      const wanted = this.#underWay.has(nameOf(duty)) ? 'never' : lane === 'decision' ? admit(duty) : 'now'
      if (wanted === 'later') return
      queue.take(duty)
      if (wanted === 'now') this.#begin(duty, lane)
    }
  }

  #begin(duty: QueuedDuty, lane: Lane): void {
    const stop = new AbortController()
    const { promise: done, resolve } = Promise.withResolvers<void>()
    this.#underWay.set(nameOf(duty), { duty, stop, done })
    this.#busy[lane]++
    const over = (error?: unknown): void => {
      this.#underWay.delete(nameOf(duty))
      this.#busy[lane]--
      if (!this.#closed) this.#options.over(duty, error)
      resolve()
      this.pump()
    }
    this.#options.perform(duty, stop.signal).then(() => over(), over)
  }
}
