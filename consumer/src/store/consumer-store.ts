import type { DatabaseSync } from 'node:sqlite'
import { makeDatabasePrivate, openDatabase } from '@polyswarm/participants/ambassador'
import { ConsumerStoreError } from '../errors.js'
import { AccountBook } from './account-book.js'
import { ArtifactBook } from './artifact-book.js'
import { BountyGroups } from './bounty-groups.js'
import { CONSUMER_STEPS } from './consumer-schema.js'
import { EngineBook } from './engine-book.js'
import { SubmissionBook } from './submission-book.js'

/**
 * The memory of a consumer service: one SQLite file, on the disk before anything that depends on it happens. What is deleted
 * from it is overwritten.
 */
export class ConsumerStore {
  readonly accounts: AccountBook
  readonly artifacts: ArtifactBook
  readonly submissions: SubmissionBook
  readonly bounties: BountyGroups
  readonly engines: EngineBook
  readonly #db: DatabaseSync
  readonly #path: string
  #depth = 0

  private constructor(path: string, db: DatabaseSync) {
    this.#path = path
    this.#db = db
    this.accounts = new AccountBook(db)
    this.artifacts = new ArtifactBook(db)
    this.submissions = new SubmissionBook(db)
    this.bounties = new BountyGroups(db)
    this.engines = new EngineBook(db)
  }

  /**
   * Opens a database, or makes it with its folder; its owner's alone.
   *
   * @throws ConsumerStoreError where it is damaged, of a later version, or others can read it for good.
   */
  static open(path: string): ConsumerStore {
    let db: DatabaseSync | undefined
    try {
      makeDatabasePrivate(path)
      db = openDatabase(path)
      db.exec('PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; BEGIN IMMEDIATE')
      const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
      if (version > CONSUMER_STEPS.length) {
        throw new Error(`it has version ${version}, this program writes version ${CONSUMER_STEPS.length}`)
      }
      for (const step of CONSUMER_STEPS.slice(version)) db.exec(step)
      db.exec(`PRAGMA user_version = ${CONSUMER_STEPS.length}; COMMIT`)
      return new ConsumerStore(path, db)
    } catch (cause) {
      db?.close()
      throw new ConsumerStoreError({ path, reason: (cause as Error).message, cause })
    }
  }

  /**
   * Runs `work` as one transaction, which is on the disk when this returns, or has not happened.
   *
   * @throws ConsumerStoreError where SQLite cannot write, and what `work` throws.
   */
  write<T>(work: () => T): T {
    if (this.#depth > 0) return work()
    this.#begin()
    this.#depth++
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw this.#wrapped(error)
    } finally {
      this.#depth--
    }
  }

  #begin(): void {
    try {
      this.#db.exec('BEGIN IMMEDIATE')
    } catch (error) {
      throw this.#wrapped(error)
    }
  }

  #wrapped(error: unknown): unknown {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR')) return error
    return new ConsumerStoreError({ path: this.#path, reason: error.message, cause: error })
  }

  /**
   * Notes whose bounties are written down here, and in which journal.
   *
   * @throws ConsumerStoreError where they are somebody else's: in that journal none of them would be found, and all posted again.
   */
  pinOwner(owner: string): void {
    const known = this.#db.prepare("SELECT value FROM facts WHERE name = 'owner'").get()?.value
    if (known === undefined) this.#db.prepare("INSERT INTO facts VALUES ('owner', ?)").run(owner)
    else if (known !== owner) {
      const reason = `it was begun with ${known}, and this is ${owner}; use another folder (--data), or the same account and journal`
      throw new ConsumerStoreError({ path: this.#path, reason })
    }
  }

  /** The market's price for one artifact, as it was last heard of; undefined before that. */
  get price(): { reward: bigint; fee: bigint } | undefined {
    const text = this.#db.prepare("SELECT value FROM facts WHERE name = 'price'").get()?.value
    const [reward, fee] = typeof text === 'string' ? text.split(' ') : []
    return reward === undefined || fee === undefined ? undefined : { reward: BigInt(reward), fee: BigInt(fee) }
  }

  set price({ reward, fee }: { reward: bigint; fee: bigint }) {
    const known = this.price
    if (known?.reward === reward && known.fee === fee) return
    this.#db.prepare("INSERT OR REPLACE INTO facts VALUES ('price', ?)").run(`${reward} ${fee}`)
  }

  /** Writes what was deleted out of the log as well. */
  scrub(): void {
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  }

  close(): void {
    this.#db.close()
  }
}
