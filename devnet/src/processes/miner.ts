import { createTestClient, http, publicActions } from 'viem'

/** Milliseconds that a block waits for who follows or starts again, at most. */
const LONGEST_WAIT = 10_000

/**
 * Mines the development chain's blocks, one after the other. The chain has no clock of its own: while its programs start or
 * end, and after this process was killed, no block passes, so that no window of a bounty closes on those who cannot act.
 */
export class Miner {
  readonly #client
  #interval: number
  /** Ends when what is done between two blocks is over. */
  #turn: Promise<void> = Promise.resolve()
  #running = false
  #working: Promise<void> = Promise.resolve()
  /** Ends a wait before its time. */
  #wake: () => void = () => undefined
  /** The newest block, as far as it is known. */
  #head: number | undefined
  /** The newest block that somebody has followed the chain to; undefined where nobody tells. */
  #followed: number | undefined
  /** Programs that start again, and until when the next block waits for each. */
  readonly #away = new Map<string, number>()

  /** @param blockTime seconds between two blocks. */
  constructor(rpcUrl: string, blockTime: number) {
    this.#client = createTestClient({ transport: http(rpcUrl, { retryCount: 0 }), mode: 'anvil', cacheTime: 0 }).extend(
      publicActions,
    )
    this.#interval = blockTime * 1000
  }

  /** Whether blocks come by themselves. */
  get isRunning(): boolean {
    return this.#running
  }

  /** Seconds between two blocks. A change holds from the next block on. */
  get blockTime(): number {
    return this.#interval / 1000
  }

  set blockTime(seconds: number) {
    this.#interval = seconds * 1000
  }

  /** Mines one block where none come by themselves. */
  async step(): Promise<void> {
    if (!this.#running) await this.between(() => this.#mine())
  }

  /** From here on the chain mines nothing by itself. */
  async takeOver(): Promise<void> {
    await this.#client.setAutomine(false)
  }

  /** Mines a block now, and one after each block time. */
  start(): void {
    if (this.#running) return
    this.#running = true
    this.#working = this.#work()
  }

  /** Mines no further block. Resolves when the last one is mined. */
  async hold(): Promise<void> {
    this.#running = false
    this.#wake()
    await this.#working
  }

  /**
   * Says that the chain was followed to a block. Once this was called, the next block waits until the one before it was
   * followed, for a while: on a machine that is short of breath blocks become rarer instead of windows too short.
   */
  followed(number: number): void {
    this.#followed = number
    this.#wake()
  }

  /** Does something between two blocks: none is mined before it is over. */
  between<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.then(
      () => undefined,
      () => undefined,
    )
    return done
  }

  /** Says that a program has ended and is started again: the next block waits until it is back, for a while. */
  away(program: string): void {
    this.#away.set(program, performance.now() + LONGEST_WAIT)
  }

  /** Says that a program is ready again. */
  back(program: string): void {
    this.#away.delete(program)
    this.#wake()
  }

  async #work(): Promise<void> {
    while (this.#running) {
      const start = performance.now()
      await this.between(() => this.#mine())
      await this.#pause(this.#interval - (performance.now() - start))
      const limit = performance.now() + Math.max(LONGEST_WAIT, 10 * this.#interval)
      for (;;) {
        const wait = this.#waitsUntil(limit) - performance.now()
        if (wait <= 0) break
        await this.#pause(wait, true)
      }
    }
  }

  /** When the next block is due at the latest. @param limit for who follows. */
  #waitsUntil(limit: number): number {
    if (!this.#running) return 0
    return Math.max(this.#isAhead ? limit : 0, ...this.#away.values())
  }

  get #isAhead(): boolean {
    return (this.#followed ?? Number.POSITIVE_INFINITY) < (this.#head ?? 0)
  }

  /** @param early whether it ends with the next word of who follows; the end of the work ends it in any case. */
  #pause(milliseconds: number, early = false): Promise<void> {
    if (!this.#running) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(milliseconds, 0))
      this.#wake = () => {
        if (this.#running && !early) return
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** A chain that is down is somebody else's to start again. */
  async #mine(): Promise<void> {
    try {
      await this.#client.mine({ blocks: 1 })
      // Not counted: a chain that was killed comes back with fewer blocks.
      this.#head = Number(await this.#client.getBlockNumber())
    } catch {
      this.#head = undefined
    }
  }
}
