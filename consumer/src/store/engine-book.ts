import type { Address } from 'viem'
import type { Database, Row } from './database.js'

/** How an engine's verdicts compare with what the arbiters found. */
export interface EngineRecord {
  truePositives: number
  falsePositives: number
  trueNegatives: number
  falseNegatives: number
}

/** Somebody who has answered, or voted, on what was submitted. */
export interface KnownEngine {
  address: Address
  role: 'microengine' | 'arbiter'
  /** Milliseconds since 1970. */
  firstSeen: number
  lastSeen: number
  /** On all types of file together. */
  record: EngineRecord
  /** Whether there is a record on files, and on URLs. */
  judges: { files: boolean; urls: boolean }
}

/** What URLs are a type of, among the types of files. */
const URLS = 'text/uri-list'

const COUNTS = ['true_positives', 'false_positives', 'true_negatives', 'false_negatives']
const SUMS = COUNTS.map((count) => `CAST(coalesce(sum(${count}), 0) AS BIGINT) AS ${count}`).join(', ')

/** Who has answered here, and what became of it. As long as the market has engines, not as long as its past. */
export class EngineBook {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Notes that somebody has answered or voted. */
  async saw(address: Address, role: KnownEngine['role'], now: number): Promise<void> {
    await this.#db.run(
      `INSERT INTO engines VALUES (?1, ?2, ?3, ?3)
        ON CONFLICT (address, role) DO UPDATE SET last_seen = excluded.last_seen`,
      ...[address, role, now],
    )
  }

  /** Counts a verdict whose truth is known. */
  async learn(address: Address, fileType: string, said: boolean, truth: boolean): Promise<void> {
    const column = `${said === truth ? 'true' : 'false'}_${said ? 'positives' : 'negatives'}`
    await this.#db.run(
      `INSERT INTO records (address, file_type, ${column}) VALUES (?, ?, 1)
        ON CONFLICT (address, file_type) DO UPDATE SET ${column} = records.${column} + 1`,
      ...[address, fileType],
    )
  }

  /** A page of all engines and arbiters, in the order of their addresses. @param after what {@link placeOf} says. */
  async list(after: string, limit: number): Promise<KnownEngine[]> {
    const [address = '', role = ''] = after.split(' ')
    const rows = await this.#db.all(
      'SELECT * FROM engines WHERE (address, role) > (?, ?) ORDER BY address, role LIMIT ?',
      ...[address, role, limit],
    )
    const engines: KnownEngine[] = []
    for (const row of rows) {
      const sums = await this.#db.get(
        `SELECT ${SUMS}, count(*) AS types, CAST(coalesce(sum(CASE WHEN file_type = ? THEN 1 ELSE 0 END), 0) AS BIGINT)
          AS urls FROM records WHERE address = ?`,
        ...[URLS, row.address ?? ''],
      )
      const urls = Number(sums?.urls)
      engines.push({
        address: row.address as Address,
        role: row.role as KnownEngine['role'],
        firstSeen: Number(row.first_seen),
        lastSeen: Number(row.last_seen),
        record: recordOf(sums ?? {}),
        judges: { files: Number(sums?.types) > urls, urls: urls > 0 },
      })
    }
    return engines
  }
}

/** Where in the list of engines one of them is. */
export function placeOf({ address, role }: Pick<KnownEngine, 'address' | 'role'>): string {
  return `${address} ${role}`
}

/** The counts in a row. */
export function recordOf(row: Row): EngineRecord {
  return {
    truePositives: Number(row.true_positives),
    falsePositives: Number(row.false_positives),
    trueNegatives: Number(row.true_negatives),
    falseNegatives: Number(row.false_negatives),
  }
}
