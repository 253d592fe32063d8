import { statSync } from 'node:fs'
import { TruthDatabaseError, TruthUnavailableError } from '../errors.js'
import { TruthDatabase } from './truth-database.js'
import type { TruthAnswer, TruthSource } from './truth-source.js'

/** Stands for no file at all. */
const MISSING = ''

/**
 * Knows what a truth database says, and nothing of files that are not in it. What is added to the file counts at once; where
 * another file takes its place, that one does, and where it is no database, or gone, the one before until there is a new one.
 */
export class DatabaseTruth implements TruthSource {
  readonly name: string
  readonly #path: string
  readonly #warn: (message: string) => void
  #open: { database: TruthDatabase; file: string } | undefined
  /** The file that could not be read, so that it is told of once. */
  #refused: string | null = null

  /**
   * @param path the database; see {@link TruthDatabase}.
   * @param name what the source is called.
   * @param warn told where a file that took the place of the database cannot be used.
   */
  constructor(path: string, { name = 'database', warn = (_message: string): void => undefined } = {}) {
    this.#path = path
    this.name = name
    this.#warn = warn
  }

  async setup(): Promise<void> {
    this.#open ??= { database: TruthDatabase.open(this.#path), file: fileAt(this.#path) ?? '' }
  }

  async judge({ sha256 }: { sha256: string }): Promise<TruthAnswer> {
    return this.recall(sha256)
  }

  recall(sha256: string): TruthAnswer {
    this.#reload()
    try {
      return { verdict: this.#open?.database.lookUp(sha256) }
    } catch (error) {
      throw new TruthUnavailableError({ source: this.name, reason: (error as Error).message, cause: error })
    }
  }

  async teardown(): Promise<void> {
    this.#open?.database.close()
    this.#open = undefined
  }

  #reload(): void {
    const file = fileAt(this.#path)
    if (!this.#open || file === this.#open.file || (file ?? MISSING) === this.#refused) return
    try {
      const database = TruthDatabase.open(this.#path)
      this.#open.database.close()
      this.#open = { database, file: file ?? '' }
      this.#refused = null
    } catch (error) {
      if (!(error instanceof TruthDatabaseError)) throw error
      this.#refused = file ?? MISSING
      this.#warn(`${error.message} What was known before counts until it can be used again.`)
    }
  }
}

/** Which file is at a path: another one, put in its place, has another name for this. */
function fileAt(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}
