import type { TestChain } from '../../test/support/anvil.ts'
import type { RunningProgram } from './market.fixture.ts'

/** Milliseconds after which a program that has not said that it is ready holds the chain no longer. */
const LONGEST_START_MS = 30_000

/** Of a block's time mining may take so much, as a part of one: where it takes more, the machine is busy, and blocks wait. */
const MINING_SHARE = 0.1

/**
 * Mines a block each `blockTime` seconds, but none while a program starts: how long a busy machine takes to start one says
 * nothing about whether it does its duties in time.
 */
export class HeldChain {
  readonly #chain: TestChain
  readonly #blockTime: number
  readonly #starting = new Set<RunningProgram>()
  #timer: NodeJS.Timeout | undefined
  #mining: Promise<void> | undefined

  /** From here on blocks come from here alone. */
  static async start(chain: TestChain, blockTime: number): Promise<HeldChain> {
    await chain.rpc('evm_setAutomine', [false])
    return new HeldChain(chain, blockTime)
  }

  private constructor(chain: TestChain, blockTime: number) {
    this.#chain = chain
    this.#blockTime = blockTime
    this.#wait()
  }

  /** Holds the chain until a program is ready, or has ended. */
  holdFor(program: RunningProgram): void {
    this.#starting.add(program)
    const over = (): void => {
      clearTimeout(limit)
      this.#starting.delete(program)
    }
    const limit = setTimeout(over, LONGEST_START_MS)
    void program.said(/ready account=/).then(over, over)
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#mining
    clearTimeout(this.#timer)
  }

  #wait(mined = 0): void {
    const pause = Math.max(this.#blockTime * 1_000, mined / MINING_SHARE)
    this.#timer = setTimeout(() => {
      this.#mining = this.#mine()
    }, pause)
  }

  async #mine(): Promise<void> {
    const start = performance.now()
    if (this.#starting.size === 0) await this.#chain.mine()
    this.#wait(performance.now() - start)
  }
}
