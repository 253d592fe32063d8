import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { pipeline } from 'node:stream/promises'
import { type Verdict, verdictOfBit } from '@polyswarm/protocol'
import { type ListedUrl, parseUrlList } from '../artifacts/url-list.js'
import { TruthDatabaseError } from '../errors.js'

/** An artifact's truth, by the SHA-256 of its content; that of a URL is its text. */
export interface KnownTruth {
  sha256: string
  truth: Verdict
}

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
    if (!existsSync(path)) throw new TruthDatabaseError({ path, reason: 'it does not exist; see verbatimdbgen --help' })
    try {
      const db = new DatabaseSync(path, { readOnly: true })
      db.prepare('SELECT name, truth FROM files LIMIT 1').get()
      return new TruthDatabase(path, db)
    } catch (cause) {
      throw new TruthDatabaseError({ path, reason: `it is no truth database: ${(cause as Error).message}`, cause })
    }
  }

  /**
   * Opens a database to add to it, or makes a new one.
   *
   * @throws TruthDatabaseError where the file is something else.
   */
  static create(path: string): TruthDatabase {
    try {
      mkdirSync(dirname(path), { recursive: true })
      const db = new DatabaseSync(path)
      db.exec('CREATE TABLE IF NOT EXISTS files (name TEXT NOT NULL, truth INT NOT NULL)')
      db.exec('CREATE UNIQUE INDEX IF NOT EXISTS files_by_name ON files (name)')
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

  /** Adds or corrects what is known of files: all of it, or on an error nothing. */
  add(truths: Iterable<KnownTruth>): void {
    const insert = this.#db.prepare(
      'INSERT INTO files (name, truth) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET truth = excluded.truth',
    )
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      for (const { sha256, truth } of truths) insert.run(sha256.toLowerCase(), truth === 'malicious' ? 1 : 0)
      this.#db.exec('COMMIT')
    } catch (cause) {
      this.#db.exec('ROLLBACK')
      throw new TruthDatabaseError({ path: this.#path, reason: (cause as Error).message, cause })
    }
  }

  close(): void {
    this.#db.close()
  }
}

/**
 * Adds two directories of files to a truth database, sub-directories included, and a list of URLs, each with `malicious` or
 * `benign` behind it; see {@link parseUrlList}. What is not given is left out.
 *
 * @returns how many artifacts were added of each kind.
 * @throws TruthDatabaseError naming an artifact that would be both, a directory or list that cannot be read, or a line that
 * says no truth. Nothing is added then.
 */
export async function buildTruthDatabase({
  malicious,
  benign,
  urls,
  output,
}: {
  malicious?: string
  benign?: string
  urls?: string
  output: string
}): Promise<{ malicious: number; benign: number }> {
  const listed = urls === undefined ? [] : await listedUrls(urls, output)
  const both = async (directory: string | undefined, truth: Verdict): Promise<Map<string, string>> => {
    const ofUrls = listed.filter((entry) => entry.truth === truth).map(({ url }) => [sha256Of(url), url] as const)
    return new Map([...(directory === undefined ? [] : await hashesOf(directory, output)), ...ofUrls])
  }
  const bad = await both(malicious, 'malicious')
  const good = await both(benign, 'benign')
  for (const [sha256, file] of good) {
    const other = bad.get(sha256)
    if (other) throw new TruthDatabaseError({ path: output, reason: `${file} has the same content as ${other}` })
  }
  const database = TruthDatabase.create(output)
  try {
    database.add([
      ...[...bad.keys()].map((sha256) => ({ sha256, truth: 'malicious' as const })),
      ...[...good.keys()].map((sha256) => ({ sha256, truth: 'benign' as const })),
    ])
  } finally {
    database.close()
  }
  return { malicious: bad.size, benign: good.size }
}

async function hashesOf(directory: string, output: string): Promise<Map<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((cause: Error) => {
    throw new TruthDatabaseError({ path: output, reason: `directory ${directory}: ${cause.message}`, cause })
  })
  const hashes = new Map<string, string>()
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const file = join(entry.parentPath, entry.name)
    const hash = createHash('sha256')
    await pipeline(createReadStream(file), hash)
    hashes.set(hash.digest('hex'), file)
  }
  return hashes
}

async function listedUrls(list: string, output: string): Promise<ListedUrl[]> {
  const refuse = (reason: string) => new TruthDatabaseError({ path: output, reason: `list ${list}: ${reason}` })
  const text = await readFile(list, 'utf8').catch((cause: Error) => {
    throw refuse(cause.message)
  })
  const urls = parseUrlList(text, refuse)
  const untold = urls.find(({ truth }) => truth === undefined)
  if (untold) throw refuse(`neither malicious nor benign stands behind ${untold.url}`)
  return urls
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
