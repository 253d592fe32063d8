import { setTimeout as delay } from 'node:timers/promises'
import type { TestChain } from '../../test/support/anvil.ts'
import { isAtRest } from '../../test/support/process-rest.ts'
import type { RunningProgram } from './market.fixture.ts'

/** Milliseconds after which a program that has not said that it is ready holds the chain no longer. */
const LONGEST_START_MS = 60_000

/** Milliseconds that a block waits for programs that are busy, at most. */
const LONGEST_WAIT_MS = 10_000

/** Milliseconds between two looks at the programs. */
const LOOK_MS = 10

/** So many looks in a row must find all of them at rest: a request that is on its way is seen by one of them. */
const LOOKS = 3

/**
 * Mines a block when all programs have done what they had to do after the one before, but not before `blockTime` seconds are
 * over, and none while a program starts: how long a busy machine takes says nothing about whether they do their duties in
 * time, and a machine that is free need not wait.
 */
export class HeldChain {
  readonly #chain: TestChain
  readonly #blockTime: number
  readonly #starting = new Set<RunningProgram>()
  readonly #running = new Set<RunningProgram>()
  #isHeld = false
  readonly #stopping = new AbortController()
  readonly #working: Promise<void>
  #mining: Promise<void> | undefined

  /** From here on blocks come from here alone. */
  static async start(chain: TestChain, blockTime: number): Promise<HeldChain> {
    await chain.rpc('evm_setAutomine', [false])
    return new HeldChain(chain, blockTime)
  }

  private constructor(chain: TestChain, blockTime: number) {
    this.#chain = chain
    this.#blockTime = blockTime
    this.#working = this.#work()
  }

  /** Holds the chain until a program is ready, and later whenever it is busy. */
  holdFor(program: RunningProgram): void {
    this.#starting.add(program)
    this.#running.add(program)
    void program.exited.then(() => this.#running.delete(program))
    const over = (): void => {
      clearTimeout(limit)
      this.#starting.delete(program)
    }
    const limit = setTimeout(over, LONGEST_START_MS)
    void program.said(/ready account=/).then(over, over)
  }

  /** Mines nothing by itself until {@link release}; what is being mined is mined when it resolves. */
  async hold(): Promise<void> {
    this.#isHeld = true
    await this.#mining
  }

  release(): void {
    this.#isHeld = false
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#working
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopping
    const pause = (milliseconds: number) => delay(milliseconds, undefined, { signal }).catch(() => undefined)
    while (!signal.aborted) {
      await pause(this.#blockTime * 1_000)
      const limit = performance.now() + LONGEST_WAIT_MS
      for (let looks = 0; looks < LOOKS && performance.now() < limit && !signal.aborted; ) {
        await pause(LOOK_MS)
        looks = this.#isAtRest() ? looks + 1 : 0
      }
      if (this.#isHeld || this.#starting.size > 0 || signal.aborted) continue
      this.#mining = this.#chain.mine()
      await this.#mining
    }
  }

  #isAtRest(): boolean {
    const programs = [...this.#running].map(({ child }) => child.pid)
    return [this.#chain.pid, ...programs].every((pid) => pid === undefined || isAtRest(pid))
  }
}
