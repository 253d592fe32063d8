import type { ArbiterMemory, TruthAnswer, TruthSource } from './truth-source.js'

/** Knows what the arbiters of this market settled on before, about files that this arbiter has seen then. */
export class SettledTruth implements TruthSource {
  readonly name = 'settled'
  #memory: ArbiterMemory | undefined

  async setup(memory: ArbiterMemory): Promise<void> {
    this.#memory = memory
  }

  async judge({ sha256 }: { sha256: string }): Promise<TruthAnswer> {
    return this.recall(sha256)
  }

  recall(sha256: string): TruthAnswer {
    const verdict = this.#memory?.settled(sha256)
    return { verdict, reason: verdict && 'the arbiters settled on it before' }
  }

  async teardown(): Promise<void> {}
}
