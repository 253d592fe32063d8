import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** Where a block lies. */
export interface BlockPlace {
  /** Name of the pack. */
  pack: string
  /** In bytes. */
  offset: number
  length: number
}

/** A block of a pack that is taken down. */
export interface PackedBlock extends Omit<BlockPlace, 'pack'> {
  digest: Uint8Array
}

/** What makes the next version of the tables: new indexes take all of it, old ones what they lack. */
const STEPS: readonly string[] = [
  `
CREATE TABLE packs (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, root TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE blocks (digest BLOB NOT NULL, pack INTEGER NOT NULL REFERENCES packs, offset INTEGER NOT NULL,
  length INTEGER NOT NULL, PRIMARY KEY (digest, pack)) STRICT, WITHOUT ROWID;
CREATE INDEX blocks_pack ON blocks (pack);
`,
  `
CREATE INDEX blocks_place ON blocks (pack, offset);
DROP INDEX blocks_pack;
`,
  'ALTER TABLE packs ADD COLUMN content BLOB',
]

/**
 * Which blocks lie where, in SQLite, and the small packs themselves. A pack belongs to one root and holds all blocks below it, so that to give a root up is
 * to forget its pack. What is taken down is on the disk when the call returns.
 */
export class PackIndex {
  readonly #db: DatabaseSync
  readonly #find: StatementSync
  readonly #near: StatementSync
  readonly #add: StatementSync
  readonly #addBlock: StatementSync
  readonly #packOf: StatementSync
  readonly #has: StatementSync
  readonly #contentOf: StatementSync

  /** @param file made if it is not there. */
  constructor(file: string) {
    this.#db = new DatabaseSync(file)
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
    const version = Number(this.#db.prepare('PRAGMA user_version').get()?.user_version)
    if (version > STEPS.length) throw new Error(`${file} has version ${version}, this program reads ${STEPS.length}`)
    this.#write(() => {
      for (const step of STEPS.slice(version)) this.#db.exec(step)
      this.#db.exec(`PRAGMA user_version = ${STEPS.length}`)
    })
    this.#find = this.#db.prepare(
      'SELECT name AS pack, offset, length FROM blocks JOIN packs ON packs.id = blocks.pack WHERE digest = ? LIMIT 1',
    )
    this.#near = this.#db.prepare(
      `SELECT digest, offset, length FROM blocks WHERE pack = (SELECT id FROM packs WHERE name = ?)
       AND offset >= ? AND offset < ? ORDER BY offset`,
    )
    this.#add = this.#db.prepare('INSERT INTO packs (name, root, content) VALUES (?, ?, ?)')
    this.#addBlock = this.#db.prepare('INSERT INTO blocks VALUES (?, ?, ?, ?)')
    this.#packOf = this.#db.prepare('SELECT name FROM packs WHERE root = ?')
    this.#has = this.#db.prepare('SELECT 1 FROM packs WHERE name = ?')
    this.#contentOf = this.#db.prepare('SELECT content FROM packs WHERE name = ?')
  }

  /** Where a block lies; undefined where it is in no pack. */
  find(digest: Uint8Array): BlockPlace | undefined {
    return this.#find.get(digest) as unknown as BlockPlace | undefined
  }

  /** The blocks of a pack that begin in a part of it, in their order. */
  within(pack: string, from: number, to: number): PackedBlock[] {
    return this.#near.all(pack, from, to) as unknown as PackedBlock[]
  }

  /** The pack of a root. */
  packOf(root: string): string | undefined {
    const row = this.#packOf.get(root)
    return row && String(row.name)
  }

  /** Whether a pack is taken down. */
  has(pack: string): boolean {
    return this.#has.get(pack) !== undefined
  }

  /** The bytes of a small pack; undefined where they are in a file. */
  contentOf(pack: string): Uint8Array | undefined {
    return (this.#contentOf.get(pack)?.content as Uint8Array | null | undefined) ?? undefined
  }

  /** Takes a pack down, all of its blocks or none. @param content where it has no file. */
  add(pack: string, root: string, blocks: Iterable<PackedBlock>, content?: Uint8Array): void {
    this.#write(() => {
      const { lastInsertRowid: id } = this.#add.run(pack, root, content ?? null)
      for (const { digest, offset, length } of blocks) this.#addBlock.run(digest, id, offset, length)
    })
  }

  /** Forgets a pack. */
  remove(pack: string): void {
    this.#write(() => {
      this.#db.prepare('DELETE FROM blocks WHERE pack = (SELECT id FROM packs WHERE name = ?)').run(pack)
      this.#db.prepare('DELETE FROM packs WHERE name = ?').run(pack)
    })
  }

  close(): void {
    this.#db.close()
  }

  #write(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }
}
