import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type Verdict, verdictOfBit } from '@polyswarm/protocol'
import { TruthConflictError, TruthDatabaseError } from '../errors.js'

/** An artifact's truth, by the SHA-256 of its content; that of a URL is its text. */
export interface KnownTruth {
  sha256: string
  truth: Verdict
}

/** A truth, and where it was read: a file, or a line of one. */
export type ReadTruth = KnownTruth & { origin?: string }

/** What became of truths that were added. */
export interface TruthsAdded {
  added: number
  /** Said the opposite before. */
  changed: number
  /** Were there already. */
  known: number
}

/** Milliseconds that a look-up waits for a writer: whoever asks has deadlines, and asks again. */
const PATIENCE = 100
/** Contradictions that an error names. */
const MOST_NAMED = 3

/**
 * The truth about files that somebody has looked at: the table `files (name, truth)` of the original, `name` being the
 * lower-case SHA-256 of the content and `truth` 1 for malicious, with no file in it twice.
 */
export class TruthDatabase {
  readonly #path: string
  readonly #db: DatabaseSync
  #question: StatementSync | undefined

  private constructor(path: string, db: DatabaseSync) {
    this.#path = path
    this.#db = db
  }

  /**
   * Opens a database to look things up.
   *
   * @throws TruthDatabaseError where it does not exist or is none.
   */
  static open(path: string): TruthDatabase {
    if (!existsSync(path)) {
      throw new TruthDatabaseError({ path, reason: 'it does not exist; see `arbiter truth import --help`' })
    }
    let db: DatabaseSync | undefined
    try {
      db = new DatabaseSync(path, { readOnly: true, timeout: PATIENCE })
      db.prepare('SELECT name, truth FROM files LIMIT 1').get()
      return new TruthDatabase(path, db)
    } catch (cause) {
      db?.close()
      throw new TruthDatabaseError({ path, reason: `it is no truth database: ${(cause as Error).message}`, cause })
    }
  }

  /**
   * Opens a database to add to it, or makes a new one.
   *
   * @throws TruthDatabaseError where the file is something else, or contradicts itself.
   */
  static create(path: string): TruthDatabase {
    try {
      mkdirSync(dirname(path), { recursive: true })
      const db = new DatabaseSync(path, { timeout: 5_000 })
      // One of the original may hold a file twice.
      db.exec(`CREATE TABLE IF NOT EXISTS files (name TEXT NOT NULL, truth INT NOT NULL)`)
      if (!db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'files_by_name'").get()) {
        db.exec(`BEGIN IMMEDIATE;
          DELETE FROM files WHERE rowid NOT IN (SELECT min(rowid) FROM files GROUP BY name, truth);
          CREATE UNIQUE INDEX files_by_name ON files (name); COMMIT`)
      }
      return new TruthDatabase(path, db)
    } catch (cause) {
      throw new TruthDatabaseError({ path, reason: (cause as Error).message, cause })
    }
  }

  /** The truth about a file; undefined where it is not known. */
  lookUp(sha256: string): Verdict | undefined {
    this.#question ??= this.#db.prepare('SELECT DISTINCT truth FROM files WHERE name = ?')
    const rows = this.#question.all(sha256.toLowerCase())
    const [row] = rows
    // A database of the original can hold a file twice; where it contradicts itself it knows nothing.
    return rows.length === 1 && row ? verdictOfBit(Number(row.truth) === 1) : undefined
  }

  /** All that is known, in the order of the hashes, without holding more than one of them. */
  *all(): Generator<KnownTruth> {
    const rows = this.#db.prepare('SELECT lower(name) AS name, truth FROM files ORDER BY name').iterate()
    for (const { name, truth } of rows) yield { sha256: String(name), truth: verdictOfBit(Number(truth) === 1) }
  }

  /**
   * Adds what is known of files: all of it, or on an error nothing.
   *
   * @param replace lets a truth take the place of its opposite, in the database and among those that are added.
   * @throws TruthConflictError naming files of which the opposite is said, here or by what is added. TruthDatabaseError.
   */
  add(truths: Iterable<ReadTruth>, { replace = false }: { replace?: boolean } = {}): TruthsAdded {
    return this.#guarded(() => {
      const stage = this.#stage(replace)
      for (const truth of truths) stage(truth)
      return this.#take(replace)
    })
  }

  /** The same for what is read bit by bit: no more than a row of it is held in memory. */
  async addAll(
    truths: AsyncIterable<ReadTruth>,
    { replace = false }: { replace?: boolean } = {},
  ): Promise<TruthsAdded> {
    const stage = this.#guarded(() => this.#stage(replace))
    for await (const truth of truths) this.#guarded(() => stage(truth))
    return this.#guarded(() => this.#take(replace))
  }

  close(): void {
    this.#db.close()
  }

  #guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (cause) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      if (cause instanceof TruthConflictError) throw cause
      throw new TruthDatabaseError({ path: this.#path, reason: (cause as Error).message, cause })
    }
  }

  /** Puts what is to be added aside, in a table that nobody else sees. */
  #stage(replace: boolean): (truth: ReadTruth) => void {
    this.#db.exec(`DROP TABLE IF EXISTS temp.incoming;
      CREATE TEMP TABLE incoming (name TEXT PRIMARY KEY, truth INT NOT NULL, origin TEXT NOT NULL) WITHOUT ROWID`)
    const insert = this.#db.prepare(`INSERT ${replace ? 'OR REPLACE ' : ''}INTO temp.incoming VALUES (?, ?, ?)
      ${replace ? '' : 'ON CONFLICT DO NOTHING'}`)
    const other = this.#db.prepare('SELECT origin FROM temp.incoming WHERE name = ? AND truth <> ?')
    return ({ sha256, truth, origin = 'what is added' }) => {
      const row = [sha256.toLowerCase(), truth === 'malicious' ? 1 : 0] as const
      if (insert.run(...row, origin).changes === 1) return
      const contradicted = other.get(...row)?.origin
      if (contradicted === undefined) return
      throw new TruthConflictError({ path: this.#path, conflicts: [`${origin} is ${truth}, unlike ${contradicted}`] })
    }
  }

  /** Whoever looks something up meanwhile sees all of it or nothing, and is kept waiting for no longer than a commit takes. */
  #take(replace: boolean): TruthsAdded {
    this.#db.exec('PRAGMA cache_spill = OFF; BEGIN IMMEDIATE')
    const count = (condition: string): number => {
      const question = `SELECT count(*) AS n FROM temp.incoming i JOIN files f ON f.name = i.name WHERE ${condition}`
      return Number(this.#db.prepare(question).get()?.n)
    }
    const [known, changed] = [count('f.truth = i.truth'), count('f.truth <> i.truth')]
    if (changed > 0 && !replace) {
      const named =
        this.#db.prepare(`SELECT i.name, i.origin, f.truth FROM temp.incoming i JOIN files f ON f.name = i.name
        WHERE f.truth <> i.truth LIMIT ${MOST_NAMED}`)
      const conflicts = named
        .all()
        .map(({ name, origin, truth }) => `${origin}: ${name} is ${verdictOfBit(truth === 1)} in the database`)
      if (changed > MOST_NAMED) conflicts.push(`${changed - MOST_NAMED} more`)
      throw new TruthConflictError({ path: this.#path, conflicts })
    }
    const { n: all } = this.#db.prepare('SELECT count(*) AS n FROM temp.incoming').get() as { n: number }
    this.#db.exec(`INSERT INTO files (name, truth) SELECT name, truth FROM temp.incoming WHERE true
      ON CONFLICT (name) DO UPDATE SET truth = excluded.truth WHERE truth <> excluded.truth; COMMIT`)
    return { added: all - known - changed, changed, known }
  }
}
