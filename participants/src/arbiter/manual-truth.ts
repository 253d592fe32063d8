import type { ArbiterMemory, TruthAnswer, TruthSource } from './truth-source.js'

/** Knows what people decided, and lets wait for them what nobody knows. */
export class ManualTruth implements TruthSource {
  readonly name = 'manual'
  readonly waitsForPeople = true
  #memory: ArbiterMemory | undefined

  async setup(memory: ArbiterMemory): Promise<void> {
    this.#memory = memory
  }

  async judge({ sha256 }: { sha256: string }): Promise<TruthAnswer> {
    return this.recall(sha256)
  }

  recall(sha256: string): TruthAnswer {
    const decision = this.#memory?.decided(sha256)
    return decision ? { verdict: decision.verdict, reason: `decided by ${decision.who}` } : { verdict: undefined }
  }

  async teardown(): Promise<void> {}
}
