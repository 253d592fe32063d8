import type { Verdict } from '@polyswarm/protocol'
import { TruthDatabase } from './truth-database.js'
import type { TruthRequest, TruthSource } from './truth-source.js'

/** Knows what a truth database says, and nothing of files that are not in it. */
export class VerbatimTruth implements TruthSource {
  readonly name = 'verbatim'
  readonly #path: string
  #database: TruthDatabase | undefined

  /** @param path the database; see {@link TruthDatabase}. */
  constructor(path: string) {
    this.#path = path
  }

  async setup(): Promise<void> {
    this.#database ??= TruthDatabase.open(this.#path)
  }

  async judge({ sha256 }: TruthRequest): Promise<Verdict | undefined> {
    return this.#database?.lookUp(sha256)
  }

  async teardown(): Promise<void> {
    this.#database?.close()
    this.#database = undefined
  }
}
