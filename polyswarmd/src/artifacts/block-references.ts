import { DatabaseSync, type StatementSync } from 'node:sqlite'

/**
 * Which blocks belong to which roots, in SQLite: a block that several uploads share stays until the last of them is
 * dropped.
 */
export class BlockReferences {
  readonly #db: DatabaseSync
  readonly #add: StatementSync

  /** @param file made if it is not there. */
  constructor(file: string) {
    this.#db = new DatabaseSync(file)
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS block_references (root TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (root, path))
        STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS block_references_path ON block_references (path);
      CREATE TABLE IF NOT EXISTS given_up (path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`)
    this.#add = this.#db.prepare('INSERT OR IGNORE INTO block_references VALUES (?, ?)')
  }

  /** Whether the blocks of a root are known. */
  has(root: string): boolean {
    return this.#db.prepare('SELECT 1 FROM block_references WHERE root = ? LIMIT 1').get(root) !== undefined
  }

  /** Takes down the blocks of a root, all or none. */
  add(root: string, paths: Iterable<string>): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      for (const path of paths) this.#add.run(root, path)
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  /** The blocks that belong to a root and to no other. */
  onlyOf(root: string): string[] {
    return this.#db
      .prepare(
        `SELECT path FROM block_references own WHERE root = ?1
         AND NOT EXISTS (SELECT 1 FROM block_references other WHERE other.path = own.path AND other.root <> ?1)`,
      )
      .all(root)
      .map(({ path }) => String(path))
  }

  /** Forgets a root. */
  remove(root: string): void {
    this.#db.prepare('DELETE FROM block_references WHERE root = ?').run(root)
  }

  /** Forgets a root, and remembers what was given up with it, for blocks that others remove some time later. */
  giveUp(root: string): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      this.#db.prepare('INSERT OR IGNORE INTO given_up SELECT path FROM block_references WHERE root = ?').run(root)
      this.remove(root)
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  /** Whether a block was given up and belongs to no root any more. */
  isGivenUp(path: string): boolean {
    const found = this.#db
      .prepare(
        `SELECT 1 FROM given_up WHERE path = ?1
         AND NOT EXISTS (SELECT 1 FROM block_references WHERE path = ?1)`,
      )
      .get(path)
    return found !== undefined
  }

  close(): void {
    this.#db.close()
  }
}
