import { randomBytes } from 'node:crypto'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Guid } from '@polyswarm/protocol'
import { DataDirectoryError } from '../errors.js'

/** What is kept of the messages of one offer, and of all offers: the latest. */
export interface MessageLimits {
  /** Messages of one offer. */
  perOffer: number
  /** Bytes of all messages of one offer. */
  bytesPerOffer: number
  /** Messages of all offers. */
  total: number
}

/** A message as it was sent to both parties. `text` is JSON. */
export interface StoredMessage {
  position: number
  text: string
}

/** An offer takes tens of messages of a few kilobytes. */
const LIMITS: MessageLimits = { perOffer: 500, bytesPerOffer: 1024 * 1024, total: 100_000 }

const TABLES = `
CREATE TABLE IF NOT EXISTS store (id TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS messages (position INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT NOT NULL, text TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS messages_guid ON messages (guid, position);
`

/** What the parties of offers told each other through this daemon, for a party that was away. Bounded: the oldest go. */
export class MessageStore {
  /** Random, made with the file; the first part of every cursor. */
  readonly id: string
  readonly #db: DatabaseSync
  readonly #limits: MessageLimits
  readonly #insert: StatementSync
  readonly #select: StatementSync
  readonly #sizes: StatementSync
  readonly #drop: StatementSync
  readonly #dropOldest: StatementSync
  #lastPosition: number

  private constructor(db: DatabaseSync, limits: MessageLimits) {
    this.#db = db
    this.#limits = limits
    this.id = idOf(db)
    this.#insert = db.prepare('INSERT INTO messages (guid, text) VALUES (?, ?)')
    this.#select = db.prepare('SELECT position, text FROM messages WHERE guid = ? AND position > ? ORDER BY position')
    this.#sizes = db.prepare(
      'SELECT position, LENGTH(CAST(text AS BLOB)) AS bytes FROM messages WHERE guid = ? ORDER BY position DESC',
    )
    this.#drop = db.prepare('DELETE FROM messages WHERE guid = ? AND position <= ?')
    this.#dropOldest = db.prepare('DELETE FROM messages WHERE position <= ?')
    this.#lastPosition = Number(db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'messages'").get()?.seq ?? 0)
  }

  /** @throws DataDirectoryError where the file cannot be used. */
  static open(file: string, limits = LIMITS): MessageStore {
    let db: DatabaseSync | undefined
    try {
      db = new DatabaseSync(file)
      db.exec('PRAGMA journal_mode = WAL')
      db.exec(TABLES)
      return new MessageStore(db, limits)
    } catch (cause) {
      db?.close()
      throw new DataDirectoryError({ directory: file, cause })
    }
  }

  /** Position of the latest message; 0 where there never was one. */
  get lastPosition(): number {
    return this.#lastPosition
  }

  /** Keeps a message, drops what is too old beside it, and returns its position. */
  append(guid: Guid, text: string): number {
    this.#lastPosition = Number(this.#insert.run(guid, text).lastInsertRowid)
    let count = 0
    let bytes = 0
    for (const row of this.#sizes.all(guid)) {
      count++
      bytes += Number(row.bytes)
      if (count <= this.#limits.perOffer && bytes <= this.#limits.bytesPerOffer) continue
      this.#drop.run(guid, Number(row.position))
      break
    }
    // Positions count all messages ever: what is kept of all offers lies within so many of the last.
    this.#dropOldest.run(this.#lastPosition - this.#limits.total)
    return this.#lastPosition
  }

  /** The messages of an offer after a position, in order. */
  after(guid: Guid, position: number): StoredMessage[] {
    return this.#select.all(guid, position) as unknown as StoredMessage[]
  }

  /** Closes the file. */
  close(): void {
    this.#db.close()
  }
}

function idOf(db: DatabaseSync): string {
  const known = db.prepare('SELECT id FROM store').get()
  if (known) return String(known.id)
  const id = randomBytes(8).toString('hex')
  db.prepare('INSERT INTO store VALUES (?)').run(id)
  return id
}
