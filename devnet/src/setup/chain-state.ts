import { createWriteStream, renameSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { createTestClient, http, publicActions } from 'viem'
import { stateDump } from './state-dump.js'

/** Share of the time that may be spent on writing the state. */
const LARGEST_SHARE = 0.05

/**
 * Keeps a chain's state on disk, whole or not at all. It is written again soon after a block has transactions, and otherwise
 * once in a while: a chain that is killed loses at most empty blocks and the transactions of the last moments, which the
 * participants send again. The node serves nobody while it writes its state down, and a long chain takes it longer: it is
 * left alone for the rest of the time, and mines no block meanwhile that nobody could send anything to.
 */
export class ChainStateKeeper {
  readonly #file: string
  readonly #rpcUrl: string
  readonly #client
  readonly #between: (write: () => Promise<void>) => Promise<void>
  #writing: Promise<void> = Promise.resolve()
  #keptBlock = -1n
  #keptAt = 0
  /** Milliseconds that the state took to be written the last time. */
  #cost = 0

  /** @param between does something while no block is mined; by default, whenever it is asked to. */
  constructor(file: string, rpcUrl: string, between = (write: () => Promise<void>) => write()) {
    this.#file = file
    this.#rpcUrl = rpcUrl
    this.#between = between
    this.#client = createTestClient({ transport: http(rpcUrl), mode: 'anvil', cacheTime: 0 }).extend(publicActions)
  }

  /** Writes the state as it is now. */
  save(): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#between(() => this.#write()))
    return this.#writing
  }

  /** Saves whenever there is reason to, until the signal is aborted. */
  async run(signal: AbortSignal, { interval = 250, idleInterval = 30_000 } = {}): Promise<void> {
    while (!signal.aborted) {
      // A chain that is down is somebody else's to start again.
      await this.#saveIfWorthwhile(idleInterval).catch(() => undefined)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, Math.max(interval, this.#cost / LARGEST_SHARE))
        function done() {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          resolve()
        }
        signal.addEventListener('abort', done, { once: true })
      })
    }
  }

  async #saveIfWorthwhile(idleInterval: number): Promise<void> {
    const head = await this.#client.getBlockNumber()
    if (head < this.#keptBlock) this.#keptBlock = -1n
    const idle = Date.now() - this.#keptAt < idleInterval
    if (idle && !(await this.#hasTransactionsSince(this.#keptBlock, head))) {
      this.#keptBlock = head
      return
    }
    await this.save()
  }

  async #hasTransactionsSince(kept: bigint, head: bigint): Promise<boolean> {
    for (let number = head; number > kept; number--) {
      if (head - number > 20n) return true
      if ((await this.#client.getBlockTransactionCount({ blockNumber: number })) > 0) return true
    }
    return false
  }

  async #write(): Promise<void> {
    const start = performance.now()
    const head = await this.#client.getBlockNumber()
    const partial = createWriteStream(`${this.#file}.partial`, { mode: 0o600 })
    await pipeline(stateDump(this.#rpcUrl), createGunzip(), partial)
    renameSync(`${this.#file}.partial`, this.#file)
    this.#keptBlock = head
    this.#keptAt = Date.now()
    this.#cost = performance.now() - start
  }
}
