import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Guid } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { DataDirectoryError } from '../errors.js'

/** What opens a sealed assertion. */
export interface Opening {
  guid: Guid
  author: Address
  nonce: bigint
  /** Bit i is set if artifact i is malicious. */
  verdicts: bigint
  metadata: string
  numArtifacts: number
  /** The first block in which it can no longer be revealed. */
  end: number
}

/** Openings that are kept at a time, of some 1,500 bytes at most: each stands for an assertion that somebody paid for. */
const MOST_OPENINGS = 100_000

/**
 * The openings that engines of one chain have handed over, until their reveal windows end. A process that is killed
 * loses none; after a power cut the last ones may be missing, and their engines reveal by themselves.
 */
export class OpeningStore {
  readonly #db: DatabaseSync
  readonly #statements: Record<'insert' | 'has' | 'page' | 'drop', StatementSync>
  readonly #most: number
  #count: number

  private constructor(db: DatabaseSync, most: number) {
    this.#db = db
    this.#most = most
    this.#statements = {
      insert: db.prepare(
        `INSERT INTO openings (guid, author, nonce, verdicts, metadata, num_artifacts, end_block)
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      ),
      has: db.prepare('SELECT 1 FROM openings WHERE guid = ? AND author = ?'),
      page: db.prepare('SELECT * FROM openings WHERE place > ? ORDER BY place LIMIT ?'),
      drop: db.prepare('DELETE FROM openings WHERE end_block <= ?'),
    }
    this.#count = Number(db.prepare('SELECT COUNT(*) AS n FROM openings').get()?.n)
  }

  /** @throws DataDirectoryError where the file cannot be used. */
  static open(file: string, most = MOST_OPENINGS): OpeningStore {
    let db: DatabaseSync | undefined
    try {
      db = new DatabaseSync(file)
      db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
        CREATE TABLE IF NOT EXISTS openings (
          place INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT NOT NULL, author TEXT NOT NULL, nonce TEXT NOT NULL,
          verdicts TEXT NOT NULL, metadata TEXT NOT NULL, num_artifacts INTEGER NOT NULL, end_block INTEGER NOT NULL,
          UNIQUE (guid, author)
        ) STRICT;
        CREATE INDEX IF NOT EXISTS openings_end ON openings (end_block);`)
      return new OpeningStore(db, most)
    } catch (cause) {
      db?.close()
      throw new DataDirectoryError({ directory: file, cause })
    }
  }

  /**
   * Keeps an opening that was checked against its commitment: there is one for each assertion.
   *
   * @param head the newest block: what can no longer be revealed after it is dropped.
   * @returns whether it is kept; false where there is no room.
   */
  keep({ guid, author, nonce, verdicts, metadata, numArtifacts, end }: Opening, head: number): boolean {
    const { insert, has } = this.#statements
    this.#drop(head)
    if (has.get(guid, author)) return true
    if (this.#count >= this.#most) return false
    const kept = insert.run(guid, author, String(nonce), String(verdicts), metadata, numArtifacts, end)
    this.#count += Number(kept.changes)
    return true
  }

  /** Openings after a place, in the order in which they came, that can be revealed in the block after `head`. */
  after(place: number, limit: number, head: number): (Opening & { place: number })[] {
    this.#drop(head)
    const rows = this.#statements.page.all(place, limit) as Record<string, string | number>[]
    return rows.map((row) => ({
      place: Number(row.place),
      guid: row.guid as Guid,
      author: row.author as Address,
      nonce: BigInt(row.nonce ?? 0),
      verdicts: BigInt(row.verdicts ?? 0),
      metadata: String(row.metadata),
      numArtifacts: Number(row.num_artifacts),
      end: Number(row.end_block),
    }))
  }

  #drop(head: number): void {
    this.#count -= Number(this.#statements.drop.run(head + 1).changes)
  }

  /** Closes the file. */
  close(): void {
    this.#db.close()
  }
}
