import { randomBytes } from 'node:crypto'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Guid } from '@polyswarm/protocol'
import { DataDirectoryError } from '../errors.js'
import type { Seal } from './offer-message.js'

/** What is kept of the messages of a party of one offer, and of all offers. */
export interface MessageLimits {
  /** Messages of one party. */
  perParty: number
  /** Bytes of all messages of one party. */
  bytesPerParty: number
  /** Bytes of the messages of all offers. */
  totalBytes: number
}

/** A message as it was sent to both parties. `text` is JSON. */
export interface StoredMessage {
  position: number
  text: string
}

/** What became of a message that was to be kept. */
export interface Kept {
  position: number
  /** Whether its state is later than all that this party's messages had: nobody can have heard it here before. */
  latest: boolean
}

/** An offer takes tens of messages of a few kilobytes. */
const LIMITS: MessageLimits = { perParty: 250, bytesPerParty: 512 * 1024, totalBytes: 256 * 1024 * 1024 }

/**
 * Messages of different types that are kept with one signed state. Types are not signed: whoever has heard a state can
 * send it with others.
 */
const TYPES_OF_A_STATE = 8

const VERSION = 2

const TABLES = `
CREATE TABLE IF NOT EXISTS store (id TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS messages (position INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT NOT NULL, text TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS messages_guid ON messages (guid, position);
`

/** Version 2: whose each message is. What was kept before is nobody's, and goes first. */
const SEALS = `
ALTER TABLE messages ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN type TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN sequence TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE messages SET bytes = LENGTH(CAST(text AS BLOB));
CREATE INDEX messages_author ON messages (guid, author, sequence, position);
CREATE INDEX messages_sequence ON messages (guid, sequence, position);
CREATE TABLE rooms (guid TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT;
CREATE INDEX rooms_bytes ON rooms (bytes);
INSERT INTO rooms SELECT guid, SUM(bytes) FROM messages GROUP BY guid;
CREATE TRIGGER message_kept AFTER INSERT ON messages BEGIN
  INSERT INTO rooms VALUES (NEW.guid, NEW.bytes) ON CONFLICT (guid) DO UPDATE SET bytes = bytes + NEW.bytes;
END;
CREATE TRIGGER message_dropped AFTER DELETE ON messages BEGIN
  UPDATE rooms SET bytes = bytes - OLD.bytes WHERE guid = OLD.guid;
  DELETE FROM rooms WHERE guid = OLD.guid AND bytes <= 0;
END;
PRAGMA user_version = ${VERSION};
`

/**
 * What the parties of offers told each other through this daemon, for a party that was away. Each party has room of its
 * own, in which its latest states stay; where all offers together have too much, the one with most gives way.
 */
export class MessageStore {
  /** Random, made with the file; the first part of every cursor. */
  readonly id: string
  readonly #db: DatabaseSync
  readonly #limits: MessageLimits
  readonly #statements: ReturnType<typeof prepare>
  #lastPosition: number
  #bytes: number

  private constructor(db: DatabaseSync, limits: MessageLimits) {
    this.#db = db
    this.#limits = limits
    this.id = idOf(db)
    this.#statements = prepare(db)
    this.#lastPosition = Number(db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'messages'").get()?.seq ?? 0)
    this.#bytes = Number(db.prepare('SELECT SUM(bytes) AS bytes FROM rooms').get()?.bytes ?? 0)
  }

  /** @throws DataDirectoryError where the file cannot be used. */
  static open(file: string, limits = LIMITS): MessageStore {
    let db: DatabaseSync | undefined
    try {
      db = new DatabaseSync(file)
      db.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE')
      const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
      if (version > VERSION) throw new Error(`it has version ${version}, this program writes version ${VERSION}`)
      db.exec(TABLES)
      if (version < VERSION) db.exec(SEALS)
      db.exec('COMMIT')
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

  /**
   * Keeps a message of a party, and drops those of its earliest states where it has too many.
   *
   * @returns null where nothing new is kept: it was sent before, or its state is earlier than all that there is room for.
   */
  append(guid: Guid, text: string, seal: Seal): Kept | null {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const kept = this.#keep(guid, text, seal)
      this.#db.exec('COMMIT')
      return kept
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    }
  }

  /** The messages of an offer after a position, in order. */
  after(guid: Guid, position: number): StoredMessage[] {
    return this.#statements.after.all(guid, position) as unknown as StoredMessage[]
  }

  /** Closes the file. */
  close(): void {
    this.#db.close()
  }

  #keep(guid: Guid, text: string, { author, digest, type, sequence }: Seal): Kept | null {
    const sql = this.#statements
    const types = sql.types.all(guid, author, sequence, digest).map((row) => row.type)
    if (types.includes(type) || types.length >= TYPES_OF_A_STATE) return null
    const highest = sql.highest.get(guid, author)?.sequence
    const bytes = Buffer.byteLength(text)
    const position = Number(sql.insert.run(guid, text, author, digest, type, sequence, bytes).lastInsertRowid)
    this.#lastPosition = position
    this.#bytes += bytes
    this.#trim(guid, author)
    while (this.#bytes > this.#limits.totalBytes) {
      const largest = sql.largest.get()?.guid
      if (largest === undefined) break
      this.#drop(Number(sql.earliest.get(String(largest))?.position))
    }
    if (!sql.has.get(position)) return null
    return { position, latest: highest === undefined || sequence > String(highest) }
  }

  #trim(guid: Guid, author: string): void {
    let count = 0
    let bytes = 0
    for (const row of this.#statements.sizes.all(guid, author)) {
      bytes += Number(row.bytes)
      if (++count > this.#limits.perParty || bytes > this.#limits.bytesPerParty) this.#drop(Number(row.position))
    }
  }

  #drop(position: number): void {
    this.#bytes -= Number(this.#statements.drop.get(position)?.bytes ?? 0)
  }
}

function prepare(db: DatabaseSync) {
  const of = (sql: string): StatementSync => db.prepare(sql)
  return {
    insert: of('INSERT INTO messages (guid, text, author, digest, type, sequence, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)'),
    after: of('SELECT position, text FROM messages WHERE guid = ? AND position > ? ORDER BY position'),
    types: of('SELECT type FROM messages WHERE guid = ? AND author = ? AND sequence = ? AND digest = ?'),
    highest: of('SELECT sequence FROM messages WHERE guid = ? AND author = ? ORDER BY sequence DESC LIMIT 1'),
    sizes: of(
      'SELECT position, bytes FROM messages WHERE guid = ? AND author = ? ORDER BY sequence DESC, position DESC',
    ),
    largest: of('SELECT guid FROM rooms ORDER BY bytes DESC LIMIT 1'),
    earliest: of('SELECT position FROM messages WHERE guid = ? ORDER BY sequence, position LIMIT 1'),
    drop: of('DELETE FROM messages WHERE position = ? RETURNING bytes'),
    has: of('SELECT 1 FROM messages WHERE position = ?'),
  }
}

function idOf(db: DatabaseSync): string {
  const known = db.prepare('SELECT id FROM store').get()
  if (known) return String(known.id)
  const id = randomBytes(8).toString('hex')
  db.prepare('INSERT INTO store VALUES (?)').run(id)
  return id
}
