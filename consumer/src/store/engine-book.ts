import type { DatabaseSync } from 'node:sqlite'
import type { Address } from 'viem'

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
}

type Row = Record<string, string | number>

const SUMS = `coalesce(sum(true_positives), 0) AS truePositives, coalesce(sum(false_positives), 0) AS falsePositives,
  coalesce(sum(true_negatives), 0) AS trueNegatives, coalesce(sum(false_negatives), 0) AS falseNegatives`

/** Who has answered here, and what became of it. As long as the market has engines, not as long as its past. */
export class EngineBook {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Notes that somebody has answered or voted. */
  saw(address: Address, role: KnownEngine['role'], now: number): void {
    this.#db
      .prepare(`INSERT INTO engines VALUES (?1, ?2, ?3, ?3)
        ON CONFLICT DO UPDATE SET last_seen = excluded.last_seen`)
      .run(address, role, now)
  }

  /** Counts a verdict whose truth is known. */
  learn(address: Address, fileType: string, said: boolean, truth: boolean): void {
    const column = `${said === truth ? 'true' : 'false'}_${said ? 'positives' : 'negatives'}`
    this.#db
      .prepare(`INSERT INTO records (address, file_type, ${column}) VALUES (?, ?, 1)
        ON CONFLICT DO UPDATE SET ${column} = ${column} + 1`)
      .run(address, fileType)
  }

  /** An engine's record, by type of file. */
  recordsOf(address: Address): Map<string, EngineRecord> {
    const rows = this.#db.prepare(`SELECT file_type, ${SUMS} FROM records WHERE address = ? GROUP BY file_type`)
    return new Map((rows.all(address) as Row[]).map((row) => [String(row.file_type), recordOf(row)]))
  }

  /** A page of all engines and arbiters, in the order of their addresses. @param after what {@link placeOf} says. */
  list(after: string, limit: number): KnownEngine[] {
    const [address = '', role = ''] = after.split(' ')
    const rows = this.#db.prepare(`SELECT address, role, first_seen AS firstSeen, last_seen AS lastSeen FROM engines
      WHERE (address, role) > (?, ?) ORDER BY address, role LIMIT ?`)
    const sums = this.#db.prepare(`SELECT ${SUMS} FROM records WHERE address = ?`)
    return (rows.all(address, role, limit) as unknown as Omit<KnownEngine, 'record'>[]).map((engine) => ({
      ...engine,
      record: recordOf(sums.get(engine.address) as Row),
    }))
  }
}

/** Where in the list of engines one of them is. */
export function placeOf({ address, role }: Pick<KnownEngine, 'address' | 'role'>): string {
  return `${address} ${role}`
}

function recordOf(row: Row): EngineRecord {
  return {
    truePositives: Number(row.truePositives),
    falsePositives: Number(row.falsePositives),
    trueNegatives: Number(row.trueNegatives),
    falseNegatives: Number(row.falseNegatives),
  }
}
