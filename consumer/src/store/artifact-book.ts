import { createHash } from 'node:crypto'
import type { ArtifactType } from '@polyswarm/protocol'
import type { HashType } from '@polyswarm/protocol/consumer'
import { type Database, numberOf, type Row } from './database.js'

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

/** An artifact in the order in which they were stored. */
export type StoredArtifact = Pick<KeptArtifact, 'id' | 'sha256' | 'size' | 'firstSeen'>

/** The artifacts that a service keeps. */
export class ArtifactBook {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Takes an artifact down whose bytes are on the disk, or notes that it was seen again. */
  async keep({ type, sha256, sha1, md5, size, mimetype }: ArtifactDescription, now: number): Promise<KeptArtifact> {
    await this.#db.run('DELETE FROM removals WHERE sha256 = ?', sha256)
    const [made] = await this.#db.all(
      `INSERT INTO artifacts (type, sha256, sha1, md5, size, mimetype, first_seen, last_seen)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) ON CONFLICT (sha256, type) DO NOTHING RETURNING *`,
      ...[type, sha256, sha1, md5, size, mimetype, now],
    )
    if (made) {
      await this.#count(size)
      return artifactOf(made)
    }
    const [known = {}] = await this.#db.all(
      'UPDATE artifacts SET last_seen = ? WHERE sha256 = ? AND type = ? RETURNING *',
      ...[now, sha256, type],
    )
    return artifactOf(known)
  }

  async get(id: number): Promise<KeptArtifact | undefined> {
    const row = await this.#db.get('SELECT * FROM artifacts WHERE id = ?', id)
    return row && artifactOf(row)
  }

  /** Artifacts with a hash: several where MD5 or SHA-1 was forged, or where the same bytes are a file and a URL. */
  async withHash(type: HashType, hash: string): Promise<KeptArtifact[]> {
    const sql = `SELECT * FROM artifacts WHERE ${type} = ? ORDER BY id LIMIT 100`
    return (await this.#db.all(sql, hash.toLowerCase())).map(artifactOf)
  }

  /** The id of the first artifact that was stored at a moment or later. */
  async firstSince(moment: number): Promise<number | undefined> {
    return this.#id('SELECT id FROM artifacts WHERE first_seen >= ? ORDER BY first_seen, id LIMIT 1', moment)
  }

  /** The id of the artifact that was stored next after one. */
  async next(id: number): Promise<number | undefined> {
    return this.#id('SELECT id FROM artifacts WHERE id > ? ORDER BY id LIMIT 1', id)
  }

  /** Artifacts from one id to another, as far as an account can see a submission of them. */
  async visibleFrom(first: number, last: number, account: number): Promise<StoredArtifact[]> {
    // Each is looked up by itself: as EXISTS, PostgreSQL may think of reading all submissions instead.
    const rows = await this.#db.all(
      `SELECT id, sha256, size, first_seen,
          (SELECT 1 FROM instances WHERE artifact = artifacts.id AND private = 0 LIMIT 1) AS open,
          (SELECT 1 FROM instances WHERE artifact = artifacts.id AND account = ?3 LIMIT 1) AS own
        FROM artifacts WHERE id >= ?1 AND id <= ?2 ORDER BY id`,
      ...[first, last, account],
    )
    return rows
      .filter(({ open, own }) => open !== null || own !== null)
      .map((row) => {
        const [id, size, firstSeen] = [Number(row.id), Number(row.size), Number(row.first_seen)]
        return { id, sha256: String(row.sha256), size, firstSeen }
      })
  }

  /** The artifact that is a URL. */
  async ofUrl(url: string): Promise<KeptArtifact | undefined> {
    const sha256 = createHash('sha256').update(url).digest('hex')
    return (await this.withHash('sha256', sha256)).find(({ type }) => type === 'url')
  }

  /** Forgets an artifact that no submission speaks of any more; its file is to be removed, unless it is another's as well. */
  async forgetUnused(id: number): Promise<void> {
    await this.#db.run(
      'DELETE FROM terms WHERE artifact = ?1 AND NOT EXISTS (SELECT 1 FROM instances WHERE artifact = ?1)',
      id,
    )
    const row = await this.#db.get(
      `DELETE FROM artifacts WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM instances WHERE artifact = ?1)
        RETURNING sha256, size`,
      id,
    )
    if (!row) return
    await this.#count(-Number(row.size))
    const sha256 = String(row.sha256)
    if (await this.#db.get('SELECT 1 AS one FROM artifacts WHERE sha256 = ? LIMIT 1', sha256)) return
    await this.#db.run('INSERT INTO removals VALUES (?) ON CONFLICT (sha256) DO NOTHING', sha256)
  }

  /** Files that are to be removed from the disk. */
  async removals(limit: number): Promise<string[]> {
    return (await this.#db.all('SELECT sha256 FROM removals LIMIT ?', limit)).map(({ sha256 }) => String(sha256))
  }

  /** Whether a file is still to be removed: it may have been submitted again. */
  async isRemoval(sha256: string): Promise<boolean> {
    return (await this.#db.get('SELECT 1 AS one FROM removals WHERE sha256 = ?', sha256)) !== undefined
  }

  /** A file is gone from the disk. */
  async removed(sha256: string): Promise<void> {
    await this.#db.run('DELETE FROM removals WHERE sha256 = ?', sha256)
  }

  /** Bytes of all artifacts together. */
  async storedBytes(): Promise<number> {
    return Number((await this.#db.get("SELECT value FROM facts WHERE name = 'stored-bytes'"))?.value)
  }

  async #id(sql: string, value: number): Promise<number | undefined> {
    return numberOf((await this.#db.get(sql, value))?.id) ?? undefined
  }

  async #count(bytes: number): Promise<void> {
    await this.#db.run(
      `UPDATE facts SET value = CAST(CAST(value AS BIGINT) + ? AS TEXT) WHERE name = 'stored-bytes'`,
      bytes,
    )
  }
}

function artifactOf(row: Row): KeptArtifact {
  return {
    id: Number(row.id),
    type: row.type as ArtifactType,
    ...{ sha256: String(row.sha256), sha1: String(row.sha1), md5: String(row.md5), size: Number(row.size) },
    ...{ mimetype: String(row.mimetype), firstSeen: Number(row.first_seen), lastSeen: Number(row.last_seen) },
  }
}
