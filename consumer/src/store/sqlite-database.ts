import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { lockBeside, makeDatabasePrivate, openDatabase } from '@polyswarm/participants/ambassador'
import { ConsumerStoreError } from '../errors.js'
import { CONSUMER_STEPS } from './consumer-schema.js'
import { Database, type Row, type SqlValue } from './database.js'
import { Transactions } from './transactions.js'

/** Milliseconds that a transaction waits until another process has finished its own, and between two looks. */
const PATIENCE = 5_000
const LOOK_AGAIN = 5

const SQLITE_BUSY = 5

/** One SQLite file, its owner's alone. What is deleted from it is overwritten. */
export class SqliteDatabase extends Database {
  readonly name: string
  readonly #writing: DatabaseSync
  /** Sees what is committed, and nothing of a transaction that is open. */
  readonly #reading: DatabaseSync
  readonly #transactions = new Transactions()
  #lock: DatabaseSync | undefined

  private constructor(path: string, writing: DatabaseSync, reading: DatabaseSync) {
    super()
    this.name = path
    this.#writing = writing
    this.#reading = reading
  }

  /**
   * Opens a database, or makes it with its folder.
   *
   * @throws ConsumerStoreError where it is damaged, of a later version, or others can read it for good.
   */
  static async open(path: string): Promise<SqliteDatabase> {
    let db: DatabaseSync | undefined
    try {
      makeDatabasePrivate(path)
      db = openDatabase(path)
      db.exec('PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
      await begin(db)
      const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
      if (version > CONSUMER_STEPS.length) {
        throw new Error(`it has version ${version}, this program writes version ${CONSUMER_STEPS.length}`)
      }
      for (const { sqlite } of CONSUMER_STEPS.slice(version)) db.exec(sqlite)
      db.exec(`PRAGMA user_version = ${CONSUMER_STEPS.length}; COMMIT`)
      const reading = openDatabase(path)
      reading.exec('PRAGMA query_only = ON')
      return new SqliteDatabase(path, db, reading)
    } catch (cause) {
      db?.close()
      throw new ConsumerStoreError({ path, reason: (cause as Error).message, cause })
    }
  }

  async all(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    return this.#ask(sql, (statement) => statement.all(...values) as Row[])
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    return this.#ask(sql, (statement) => Number(statement.run(...values).changes))
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.#transactions.isInside) return work()
    return this.#transactions.run(async () => {
      await begin(this.#writing).catch((error: unknown) => {
        throw this.#wrapped(error)
      })
      try {
        const result = await work()
        this.#execute('COMMIT')
        return result
      } catch (error) {
        // SQLite has rolled back by itself where the disk is full.
        if (this.#writing.isTransaction) this.#writing.exec('ROLLBACK')
        throw error
      }
    })
  }

  async lock(): Promise<boolean> {
    this.#lock ??= lockBeside(this.name)
    return this.#lock !== undefined
  }

  async scrub(): Promise<void> {
    this.#execute('PRAGMA wal_checkpoint(TRUNCATE)')
  }

  async close(): Promise<void> {
    await this.#transactions.run(async () => undefined)
    this.#reading.close()
    this.#writing.close()
    this.#lock?.close()
  }

  #ask<T>(sql: string, ask: (statement: ReturnType<DatabaseSync['prepare']>) => T): T {
    try {
      const statement = (this.#transactions.isInside ? this.#writing : this.#reading).prepare(sql)
      // Ids do not fit a double.
      statement.setReadBigInts(true)
      return ask(statement)
    } catch (error) {
      throw this.#wrapped(error)
    }
  }

  #execute(sql: string): void {
    try {
      this.#writing.exec(sql)
    } catch (error) {
      throw this.#wrapped(error)
    }
  }

  #wrapped(error: unknown): unknown {
    if (!isOfSqlite(error)) return error
    return new ConsumerStoreError({ path: this.name, reason: error.message, cause: error })
  }
}

/** Begins to write. Another process that writes is waited for without holding up this one. */
async function begin(db: DatabaseSync): Promise<void> {
  db.exec('PRAGMA busy_timeout = 0')
  for (const giveUp = performance.now() + PATIENCE; ; await delay(LOOK_AGAIN)) {
    try {
      return db.exec('BEGIN IMMEDIATE')
    } catch (error) {
      if (!isOfSqlite(error) || error.errcode !== SQLITE_BUSY || performance.now() > giveUp) throw error
    }
  }
}

function isOfSqlite(error: unknown): error is Error & { errcode: number } {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'
}
