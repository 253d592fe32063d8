import { createTestClient, http } from 'viem'

/**
 * Mines the development chain's blocks, one after the other. The chain has no clock of its own: while its programs start or
 * end, and after this process was killed, no block passes, so that no window of a bounty closes on those who cannot act.
 */
export class Miner {
  readonly #client
  readonly #interval: number
  #timer: NodeJS.Timeout | undefined
  #mining: Promise<void> = Promise.resolve()
  #running = false

  /** @param blockTime seconds between two blocks. */
  constructor(rpcUrl: string, blockTime: number) {
    this.#client = createTestClient({ transport: http(rpcUrl, { retryCount: 0 }), mode: 'anvil' })
    this.#interval = blockTime * 1000
  }

  /** From here on the chain mines nothing by itself. */
  async takeOver(): Promise<void> {
    await this.#client.setAutomine(false)
  }

  /** Mines a block now, and one after each block time. */
  start(): void {
    if (this.#running) return
    this.#running = true
    this.#mineAt(performance.now())
  }

  /** Mines no further block. Resolves when the last one is mined. */
  async hold(): Promise<void> {
    this.#running = false
    clearTimeout(this.#timer)
    await this.#mining
  }

  #mineAt(due: number): void {
    const mine = () => {
      this.#mining = this.#mine().then(() => {
        // Where a block took longer than the time between two, what was missed is not made up for.
        if (this.#running) this.#mineAt(Math.max(due + this.#interval, performance.now()))
      })
    }
    this.#timer = setTimeout(mine, Math.max(due - performance.now(), 0))
  }

  /** A chain that is down is somebody else's to start again. */
  async #mine(): Promise<void> {
    await this.#client.mine({ blocks: 1 }).catch(() => undefined)
  }
}
