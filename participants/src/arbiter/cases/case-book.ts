import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { type Guid, parseJson, stringifyJson, type Verdict } from '@polyswarm/protocol'
import { CaseBookError, CaseBookWriteError, CaseUnknownError, DecisionRefusedError } from '../../errors.js'
import { PreparedDatabase } from '../../runtime/files/prepared-database.js'
import { makePrivate, openPrivate } from '../../runtime/files/private-path.js'
import { CASE_STEPS } from './case-schema.js'
import type { CaseEvidence } from './evidence.js'

/** What became of a case: it waits, a person decided, another source knew, or nobody decided in time. */
type CaseState = 'open' | 'decided' | 'known' | 'late'

/** An artifact of a bounty that waits, or waited, for a person. */
export interface ArbiterCase {
  id: number
  chain: string
  guid: Guid
  artifact: number
  sha256: string
  evidence: CaseEvidence
  /** Milliseconds since 1970. */
  openedAt: number
  /** The block from which on a decision is too late for this bounty. */
  closesHead: number
  state: CaseState
  closedAt: number | null
}

/** What a person decided about a file. */
export interface CaseDecision {
  id: number
  sha256: string
  verdict: Verdict
  who: string
  why: string
  /** Milliseconds since 1970. */
  at: number
}

/** A case that is to be opened. */
export type NewCase = Pick<ArbiterCase, 'chain' | 'guid' | 'artifact' | 'sha256' | 'evidence' | 'closesHead'>

/** How a chain stood when its arbiter last looked. */
export interface CaseClock {
  head: number
  /** Milliseconds between two blocks; null while that is not known. */
  blockTime: number | null
}

const SHA256 = /^[0-9a-f]{64}$/
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u
/** Characters of the reason for a decision. */
const MOST_WORDS = 4_000
const COLUMNS = 'id, chain, guid, artifact, sha256, evidence, opened_at, closes_head, state, closed_at'

type Row = Record<string, string | number | null>

/**
 * What waits for people, and what they decided: one SQLite file, which the arbiter and the programs of those who decide have
 * open at the same time. A decision is about a file: it holds for every bounty that the file is in, and later ones.
 */
export class CaseBook {
  readonly path: string
  readonly #db: DatabaseSync

  private constructor(path: string, db: DatabaseSync) {
    this.path = path
    this.#db = db
  }

  /**
   * Opens the book, or makes a new one with its folder; its owner's alone.
   *
   * @param mustExist refuses to make a new one.
   * @throws CaseBookError where it is damaged, of a later version, missing, or others can read it for good.
   */
  static open(path: string, { mustExist = false }: { mustExist?: boolean } = {}): CaseBook {
    let db: DatabaseSync | undefined
    try {
      if (mustExist && !existsSync(path))
        throw new Error('there is none: is the arbiter started with the source manual?')
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      openPrivate(path)
      for (const end of ['-wal', '-shm']) makePrivate(`${path}${end}`)
      db = new PreparedDatabase(path, { timeout: 500 })
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE')
      const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
      if (version > CASE_STEPS.length) {
        throw new Error(`it has version ${version}, this program writes version ${CASE_STEPS.length}`)
      }
      for (const step of CASE_STEPS.slice(version)) db.exec(step)
      db.exec(`PRAGMA user_version = ${CASE_STEPS.length}; COMMIT`)
      return new CaseBook(path, db)
    } catch (cause) {
      db?.close()
      throw new CaseBookError({ path, reason: (cause as Error).message, cause })
    }
  }

  /** Opens cases; one that is there already stays as it is. A decision about its file decides it at once. */
  add(cases: readonly NewCase[], now: number): void {
    this.#write(() => {
      for (const { chain, guid, artifact, sha256, evidence, closesHead } of cases) {
        this.#db
          .prepare(`INSERT INTO cases (chain, guid, artifact, sha256, evidence, opened_at, closes_head)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`)
          .run(chain, guid, artifact, sha256, stringifyJson(evidence), now, closesHead)
        if (this.decided(sha256)) this.#markDecided(sha256, now)
      }
    })
  }

  /**
   * Closes what is open of a bounty's cases: `known` where another source knew, `late` where nothing is waited for any more.
   *
   * @param artifacts which of them; all by default.
   */
  settle(chain: string, guid: Guid, state: 'known' | 'late', now: number, artifacts?: readonly number[]): void {
    const which = artifacts === undefined ? null : stringifyJson(artifacts)
    this.#run(
      `UPDATE cases SET state = ?, closed_at = ? WHERE chain = ? AND guid = ? AND state = 'open'
        AND (? IS NULL OR artifact IN (SELECT value FROM json_each(?)))`,
      ...[state, now, chain, guid, which, which],
    )
  }

  /** Closes what should have been closed before a block, while the arbiter was away, say. */
  expire(chain: string, head: number, now: number): void {
    const late = "UPDATE cases SET state = 'late', closed_at = ? WHERE state = 'open' AND chain = ? AND closes_head < ?"
    this.#run(late, now, chain, head)
  }

  /**
   * Writes a decision down, which closes all cases of its file that are open.
   *
   * @returns how many that were.
   * @throws DecisionRefusedError for a name or reason that is none.
   */
  decide({ sha256, verdict, who, why }: Omit<CaseDecision, 'id' | 'at'>, now: number): number {
    if (!SHA256.test(sha256))
      throw new DecisionRefusedError({ field: 'sha256', reason: 'it has 64 hexadecimal digits' })
    if (verdict !== 'malicious' && verdict !== 'benign') {
      throw new DecisionRefusedError({ field: 'verdict', reason: 'it is malicious or benign' })
    }
    checkName('who', who)
    if (why.trim() === '' || why.length > MOST_WORDS) {
      throw new DecisionRefusedError({ field: 'why', reason: `say in 1 to ${MOST_WORDS} characters what it rests on` })
    }
    return this.#write(() => {
      const last = this.decided(sha256)
      // The same once more, as whoever does not know whether the first time counted says it, is no other decision.
      if (last?.verdict !== verdict || last.who !== who || last.why !== why.trim()) {
        this.#db
          .prepare('INSERT INTO decisions (sha256, verdict, who, why, at) VALUES (?, ?, ?, ?, ?)')
          .run(sha256, verdict, who, why.trim(), now)
      }
      return this.#markDecided(sha256, now)
    })
  }

  /** What was decided about a file last; undefined where nothing was. */
  decided(sha256: string): CaseDecision | undefined {
    const row = this.#db.prepare('SELECT * FROM decisions WHERE sha256 = ? ORDER BY id DESC LIMIT 1').get(sha256)
    return row && (row as unknown as CaseDecision)
  }

  /** All decisions about a file, or all there are, the newest first. */
  decisions({ sha256, before, limit }: { sha256?: string; before?: number; limit: number }): CaseDecision[] {
    const last = before ?? Number.MAX_SAFE_INTEGER
    const rows =
      sha256 === undefined
        ? this.#db.prepare('SELECT * FROM decisions WHERE id < ? ORDER BY id DESC LIMIT ?').all(last, limit)
        : this.#db
            .prepare('SELECT * FROM decisions WHERE sha256 = ? AND id < ? ORDER BY id DESC LIMIT ?')
            .all(sha256, last, limit)
    return rows as unknown as CaseDecision[]
  }

  /** Open cases, those that are too late first come first. */
  list({ chain, after, limit }: { chain?: string; after?: Pick<ArbiterCase, 'closesHead' | 'id'>; limit: number }) {
    const { closesHead = -1, id = -1 } = after ?? {}
    const rows =
      chain === undefined
        ? this.#db
            .prepare(`SELECT ${COLUMNS} FROM cases INDEXED BY open_cases_of_all WHERE state = 'open'
              AND (closes_head, id) > (?, ?) ORDER BY closes_head, id LIMIT ?`)
            .all(closesHead, id, limit)
        : this.#db
            .prepare(`SELECT ${COLUMNS} FROM cases INDEXED BY open_cases WHERE state = 'open' AND chain = ?
              AND (closes_head, id) > (?, ?) ORDER BY closes_head, id LIMIT ?`)
            .all(chain, closesHead, id, limit)
    return (rows as Row[]).map(caseOf)
  }

  /** Cases that nobody decided in time, whose files nobody has decided about since; the newest first. */
  missed(limit: number): ArbiterCase[] {
    const rows = this.#db
      .prepare(`SELECT ${COLUMNS} FROM cases WHERE state = 'late' AND closed_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM decisions WHERE decisions.sha256 = cases.sha256)
        ORDER BY closed_at DESC, id DESC LIMIT ?`)
      .all(limit)
    return (rows as Row[]).map(caseOf)
  }

  /** How many cases are open on a chain, and when the first of them is too late. */
  waiting(chain: string): { count: number; firstCloses: number | null } {
    const count = this.#db.prepare('SELECT count FROM open_counts WHERE chain = ?').get(chain)?.count
    const [first] = this.list({ chain, limit: 1 })
    return { count: Number(count ?? 0), firstCloses: first?.closesHead ?? null }
  }

  /** How many of the cases after one are open, up to a thousand, and the newest case of all. */
  newerThan(chain: string, id: number): { fresh: number; newest: number } {
    const row = this.#db
      .prepare(`SELECT (SELECT count(*) FROM
          (SELECT 1 FROM cases NOT INDEXED WHERE id > ? AND chain = ? AND state = 'open' LIMIT 1000)) AS fresh,
        (SELECT max(id) FROM cases) AS newest`)
      .get(id, chain)
    return { fresh: Number(row?.fresh), newest: Number(row?.newest ?? 0) }
  }

  /** @throws CaseUnknownError where there is none. */
  get(id: number): ArbiterCase {
    const row = this.#db.prepare(`SELECT ${COLUMNS} FROM cases WHERE id = ?`).get(id)
    if (!row) throw new CaseUnknownError({ id: String(id) })
    return caseOf(row as Row)
  }

  /** Bounties on which people decided something that the arbiter has not taken note of. */
  unnoted(chain: string, limit: number): Guid[] {
    const rows = this.#db.prepare(`SELECT DISTINCT guid FROM cases
      WHERE state = 'decided' AND noted = 0 AND chain = ? LIMIT ?`)
    return rows.all(chain, limit).map(({ guid }) => guid as Guid)
  }

  /** The arbiter has taken note of what was decided on a bounty. */
  note(chain: string, guid: Guid): void {
    this.#run(
      "UPDATE cases SET noted = 1 WHERE state = 'decided' AND noted = 0 AND chain = ? AND guid = ?",
      ...[chain, guid],
    )
  }

  /** How a chain stands. */
  clock(chain: string): CaseClock | undefined {
    const row = this.#db.prepare('SELECT head, block_time AS blockTime FROM clocks WHERE chain = ?').get(chain)
    return row as CaseClock | undefined
  }

  /** Writes down how a chain stands. */
  setClock(chain: string, { head, blockTime }: CaseClock, now: number): void {
    this.#run('INSERT OR REPLACE INTO clocks VALUES (?, ?, ?, ?)', chain, head, blockTime, now)
  }

  /** The last reminder on a chain: the newest case that it told of, and up to which block it called cases urgent. */
  reminded(chain: string): { lastCase: number; urgentHead: number; at: number } {
    const row = this.#db.prepare('SELECT * FROM reminders WHERE chain = ?').get(chain)
    return {
      lastCase: Number(row?.last_case ?? 0),
      urgentHead: Number(row?.urgent_head ?? 0),
      at: Number(row?.at ?? 0),
    }
  }

  /** Writes a reminder down that was delivered. */
  setReminded(chain: string, { lastCase, urgentHead, at }: { lastCase: number; urgentHead: number; at: number }): void {
    this.#run('INSERT OR REPLACE INTO reminders VALUES (?, ?, ?, ?)', chain, lastCase, urgentHead, at)
  }

  /** Forgets cases that were closed before a moment, some at a time. Decisions stay. @returns how many there were. */
  forget(before: number, limit: number): number {
    return this.#run(
      `DELETE FROM cases WHERE id IN (SELECT id FROM cases
        WHERE closed_at < ? AND (state <> 'decided' OR noted = 1) ORDER BY closed_at LIMIT ?)`,
      ...[before, limit],
    )
  }

  /**
   * Lets somebody decide over HTTP. The key is returned this once, since only its hash is kept.
   *
   * @throws DecisionRefusedError for a name that is none, or is taken.
   */
  addReviewer(name: string, now: number): string {
    checkName('name', name)
    const key = `psa_${randomBytes(32).toString('base64url')}`
    const made = this.#run(
      'INSERT INTO reviewers VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING',
      name,
      hashOf(key),
      now,
    )
    if (made === 0) throw new DecisionRefusedError({ field: 'name', reason: `${name} has a key already` })
    return key
  }

  /** Takes a reviewer's key back. @throws DecisionRefusedError where there is no such reviewer. */
  removeReviewer(name: string): void {
    if (this.#run('DELETE FROM reviewers WHERE name = ?', name) === 0)
      throw new DecisionRefusedError({ field: 'name', reason: `there is no reviewer ${name}` })
  }

  /** Who may decide over HTTP, and since when. */
  reviewers(): { name: string; addedAt: number }[] {
    const rows = this.#db.prepare('SELECT name, added_at AS addedAt FROM reviewers ORDER BY name').all()
    return rows as unknown as { name: string; addedAt: number }[]
  }

  /** Whose key it is; undefined where it is nobody's. */
  reviewerOf(key: string): string | undefined {
    return this.#db.prepare('SELECT name FROM reviewers WHERE key_hash = ?').get(hashOf(key))?.name as
      | string
      | undefined
  }

  close(): void {
    this.#db.close()
  }

  #markDecided(sha256: string, now: number): number {
    const decided = "UPDATE cases SET state = 'decided', closed_at = ? WHERE sha256 = ? AND state = 'open'"
    return this.#run(decided, now, sha256)
  }

  /** Runs one statement that writes. @returns how many rows it has changed. */
  #run(sql: string, ...values: (string | number | null)[]): number {
    return this.#write(() => Number(this.#db.prepare(sql).run(...values).changes))
  }

  /** Runs `work` as one transaction. @throws CaseBookWriteError where SQLite cannot write, and what `work` throws. */
  #write<T>(work: () => T): T {
    if (this.#db.isTransaction) return work()
    try {
      this.#db.exec('BEGIN IMMEDIATE')
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR')) throw error
      throw new CaseBookWriteError({ path: this.path, reason: error.message, cause: error })
    }
  }
}

function checkName(field: string, name: string): void {
  if (!NAME.test(name)) {
    throw new DecisionRefusedError({ field, reason: 'name a person in up to 64 letters, digits, blanks and . _ @ -' })
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

function caseOf(row: Row): ArbiterCase {
  return {
    id: Number(row.id),
    chain: String(row.chain),
    guid: row.guid as Guid,
    artifact: Number(row.artifact),
    sha256: String(row.sha256),
    evidence: parseJson(String(row.evidence)) as CaseEvidence,
    openedAt: Number(row.opened_at),
    closesHead: Number(row.closes_head),
    state: row.state as CaseState,
    closedAt: row.closed_at as number | null,
  }
}
