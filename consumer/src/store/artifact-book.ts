import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { ArtifactType } from '@polyswarm/protocol'
import type { HashType } from '@polyswarm/protocol/consumer'

/** What is known of bytes that were submitted. */
export interface ArtifactDescription {
  type: ArtifactType
  sha256: string
  sha1: string
  md5: string
  /** Bytes. */
  size: number
  mimetype: string
}

/** An artifact that is kept, once, however often it was submitted. */
export interface KeptArtifact extends ArtifactDescription {
  id: number
  /** Milliseconds since 1970. */
  firstSeen: number
  lastSeen: number
}

type Row = Record<string, string | number>

const COLUMNS = 'id, type, sha256, sha1, md5, size, mimetype, first_seen AS firstSeen, last_seen AS lastSeen'

/** The artifacts that a service keeps. */
export class ArtifactBook {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Takes an artifact down whose bytes are on the disk, or notes that it was seen again. */
  keep({ type, sha256, sha1, md5, size, mimetype }: ArtifactDescription, now: number): KeptArtifact {
    this.#db.prepare('DELETE FROM removals WHERE sha256 = ?').run(sha256)
    return this.#db
      .prepare(`INSERT INTO artifacts (type, sha256, sha1, md5, size, mimetype, first_seen, last_seen)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
        ON CONFLICT (sha256, type) DO UPDATE SET last_seen = excluded.last_seen RETURNING ${COLUMNS}`)
      .get(type, sha256, sha1, md5, size, mimetype, now) as unknown as KeptArtifact
  }

  get(id: number): KeptArtifact | undefined {
    const row = this.#db.prepare(`SELECT ${COLUMNS} FROM artifacts WHERE id = ?`).get(id)
    return row as unknown as KeptArtifact | undefined
  }

  /** Artifacts with a hash: several where MD5 or SHA-1 was forged, or where the same bytes are a file and a URL. */
  withHash(type: HashType, hash: string): KeptArtifact[] {
    const rows = this.#db.prepare(`SELECT ${COLUMNS} FROM artifacts WHERE ${type} = ? ORDER BY id LIMIT 100`)
    return rows.all(hash.toLowerCase()) as unknown as KeptArtifact[]
  }

  /** The artifact that is a URL. */
  ofUrl(url: string): KeptArtifact | undefined {
    const sha256 = createHash('sha256').update(url).digest('hex')
    return this.withHash('sha256', sha256).find(({ type }) => type === 'url')
  }

  /** Forgets an artifact that no submission speaks of any more; its file is to be removed, unless it is another's as well. */
  forgetUnused(id: number): void {
    const row = this.#db
      .prepare(
        'DELETE FROM artifacts WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM instances WHERE artifact = ?1) RETURNING sha256',
      )
      .get(id) as Row | undefined
    if (!row) return
    const { sha256 = '' } = row
    if (this.#db.prepare('SELECT 1 FROM artifacts WHERE sha256 = ? LIMIT 1').get(sha256)) return
    this.#db.prepare('INSERT OR IGNORE INTO removals VALUES (?)').run(sha256)
  }

  /** Files that are to be removed from the disk. */
  removals(limit: number): string[] {
    return this.#db
      .prepare('SELECT sha256 FROM removals LIMIT ?')
      .all(limit)
      .map(({ sha256 }) => String(sha256))
  }

  /** A file is gone from the disk. */
  removed(sha256: string): void {
    this.#db.prepare('DELETE FROM removals WHERE sha256 = ?').run(sha256)
  }

  /** Bytes of all artifacts together. */
  get storedBytes(): number {
    return Number(this.#db.prepare("SELECT value FROM facts WHERE name = 'stored-bytes'").get()?.value)
  }
}
