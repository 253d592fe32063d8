import { createHash, randomBytes } from 'node:crypto'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { ApiKeyUnknownError, KeyFileError } from '../errors.js'

/** Its name in a data directory. */
export const KEY_FILE = 'keys.sqlite'

/** What one key may do. */
export interface KeyLimits {
  /** Largest artifact that its holder may upload or download, in bytes. */
  maxArtifactSize: number
  /** Requests a minute, on average; so many may also come at once. */
  requestsPerMinute: number
  /** Bytes of uploads and downloads that may be under way at the same time. */
  bytesInFlight: number
}

/** A key as the file keeps it: the key itself is known to its holder only. */
export interface ApiKey extends KeyLimits {
  /** Names the key in lists and in `key revoke`. */
  id: string
  /** Whom it was given to. */
  name: string
  /** In ms since 1970. */
  createdAt: number
  /** In ms since 1970; null while the key is good. */
  revokedAt: number | null
}

const VERSION = 1

const SCHEMA = `
CREATE TABLE keys (
  id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER,
  max_artifact_size INTEGER NOT NULL, requests_per_minute INTEGER NOT NULL, bytes_in_flight INTEGER NOT NULL
) STRICT;
PRAGMA user_version = ${VERSION};
`

const COLUMNS = `id, name, created_at AS createdAt, revoked_at AS revokedAt, max_artifact_size AS maxArtifactSize,
  requests_per_minute AS requestsPerMinute, bytes_in_flight AS bytesInFlight`

/**
 * The API keys of a daemon, in SQLite, each as the SHA-256 of a random text of 256 bits. A daemon that runs and the
 * commands that add and revoke keys have it open at the same time: what a command writes holds from the next request
 * on.
 */
export class KeyFile {
  readonly #db: DatabaseSync
  readonly #find: StatementSync

  private constructor(db: DatabaseSync) {
    this.#db = db
    this.#find = db.prepare(`SELECT ${COLUMNS} FROM keys WHERE hash = ? AND revoked_at IS NULL`)
  }

  /** Opens a file, or makes it. @throws KeyFileError where SQLite cannot read it or a newer version wrote it. */
  static open(file: string): KeyFile {
    let db: DatabaseSync | undefined
    try {
      db = new DatabaseSync(file)
      db.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 2000; BEGIN IMMEDIATE')
      const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
      if (version === 0) db.exec(SCHEMA)
      db.exec('COMMIT')
      if (version > VERSION) throw new Error(`it has version ${version}, this program reads ${VERSION}`)
      return new KeyFile(db)
    } catch (cause) {
      db?.close()
      throw new KeyFileError({ file, cause })
    }
  }

  /** Makes a key and returns it: this once, since only its hash is kept. */
  add(name: string, limits: KeyLimits): { id: string; key: string } {
    const id = randomBytes(4).toString('hex')
    const key = `ps_${randomBytes(32).toString('base64url')}`
    this.#db
      .prepare('INSERT INTO keys VALUES (?, ?, ?, ?, NULL, ?, ?, ?)')
      .run(id, hashOf(key), name, Date.now(), limits.maxArtifactSize, limits.requestsPerMinute, limits.bytesInFlight)
    return { id, key }
  }

  /** The key that a text is; null where it is none, or was revoked. */
  find(text: string): ApiKey | null {
    return (this.#find.get(hashOf(text)) as unknown as ApiKey | undefined) ?? null
  }

  /** All keys, the oldest first. */
  list(): ApiKey[] {
    return this.#db.prepare(`SELECT ${COLUMNS} FROM keys ORDER BY created_at, rowid`).all() as unknown as ApiKey[]
  }

  /** Makes a key worthless, for ever. @throws ApiKeyUnknownError where there is none that is still good. */
  revoke(id: string): void {
    const { changes } = this.#db
      .prepare('UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL')
      .run(Date.now(), id)
    if (Number(changes) === 0) throw new ApiKeyUnknownError({ id })
  }

  close(): void {
    this.#db.close()
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
