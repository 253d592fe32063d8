import type { Address } from 'viem'
import type { Database, Row } from './database.js'
import { type EngineRecord, type KnownEngine, recordOf } from './engine-book.js'

/** What somebody said in a period, compared with what was true. */
export interface PeriodRecord extends EngineRecord {
  /** Answers that were never revealed, or of which nobody knows the truth. */
  unknown: number
}

/** A question for somebody's accuracy in a period, with its answer as of when it was asked. */
export interface AccuracyJob {
  id: number
  role: KnownEngine['role']
  address: Address
  /** Milliseconds since 1970. */
  created: number
  /** Days since 1970; the end is no part of it. */
  firstDay: number
  endDay: number
  record: PeriodRecord
}

/** Milliseconds of a day. */
export const DAY = 86_400_000

/** Days for which records are kept by day. */
const DAYS_KEPT = 800

/** Jobs that an account can have; of more the oldest are forgotten. */
const JOBS_KEPT = 1_000

const COUNTS = ['true_positives', 'false_positives', 'true_negatives', 'false_negatives', 'unknown'] as const
const SUMS = COUNTS.map((count) => `CAST(coalesce(sum(${count}), 0) AS BIGINT) AS ${count}`).join(', ')

/** How right engines and arbiters were, by day. As long as there are engines and days, whatever the number of submissions. */
export class AccuracyBook {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /**
   * Counts what somebody said of an artifact on which all has been said.
   *
   * @param said null where it never revealed that; `truth` null where nobody knows.
   */
  async count(
    { address, role }: Pick<KnownEngine, 'address' | 'role'>,
    { said, truth }: { said: boolean | null; truth: boolean | null },
    now: number,
  ): Promise<void> {
    const column =
      said === null || truth === null
        ? 'unknown'
        : `${said === truth ? 'true' : 'false'}_${said ? 'positives' : 'negatives'}`
    await this.#db.run(
      `INSERT INTO daily_records (address, role, day, ${column}) VALUES (?, ?, ?, 1)
        ON CONFLICT (address, role, day) DO UPDATE SET ${column} = daily_records.${column} + 1`,
      ...[address, role, Math.floor(now / DAY)],
    )
  }

  /** Forgets days that are too long ago. */
  async forget(now: number): Promise<void> {
    await this.#db.run('DELETE FROM daily_records WHERE day < ?', Math.floor(now / DAY) - DAYS_KEPT)
  }

  /** Answers a question, and keeps it with the answer. */
  async ask(account: number, asked: Omit<AccuracyJob, 'id' | 'record'>): Promise<AccuracyJob> {
    const { role, address, created, firstDay, endDay } = asked
    const sums = await this.#db.get(
      `SELECT ${SUMS} FROM daily_records WHERE address = ? AND role = ? AND day >= ? AND day < ?`,
      ...[address, role, firstDay, endDay],
    )
    const row = await this.#db.get(
      `INSERT INTO accuracy_jobs (account, role, address, created, first_day, end_day,
        ${COUNTS.join(', ')}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
      ...[account, role, address, created, firstDay, endDay],
      ...COUNTS.map((count) => sums?.[count] ?? 0),
    )
    await this.#db.run(
      `DELETE FROM accuracy_jobs WHERE account = ?1 AND role = ?2 AND id <= (SELECT id FROM accuracy_jobs
        WHERE account = ?1 AND role = ?2 ORDER BY id DESC LIMIT 1 OFFSET ${JOBS_KEPT})`,
      ...[account, role],
    )
    return jobOf(row ?? {})
  }

  /** A question of an account. */
  async get(account: number, role: AccuracyJob['role'], id: number): Promise<AccuracyJob | undefined> {
    const row = await this.#db.get(
      'SELECT * FROM accuracy_jobs WHERE account = ? AND role = ? AND id = ?',
      ...[account, role, id],
    )
    return row && jobOf(row)
  }

  /** Questions of an account, the latest first, below an id; about one engine where that is given. */
  async list(
    { account, role, address }: { account: number; role: AccuracyJob['role']; address: string | undefined },
    before: number,
    limit: number,
  ): Promise<AccuracyJob[]> {
    const rows = await this.#db.all(
      `SELECT * FROM accuracy_jobs WHERE account = ? AND role = ? AND id < ? AND (CAST(? AS TEXT) = '' OR address = ?)
        ORDER BY id DESC LIMIT ?`,
      ...[account, role, before, address ?? '', address ?? '', limit],
    )
    return rows.map(jobOf)
  }

  /** Forgets a question. @returns whether it was there. */
  async delete(account: number, role: AccuracyJob['role'], id: number): Promise<boolean> {
    const sql = 'DELETE FROM accuracy_jobs WHERE account = ? AND role = ? AND id = ?'
    return (await this.#db.run(sql, account, role, id)) > 0
  }

  /** A question's record day by day, the earliest first, at most so many. */
  async days({ address, role, firstDay, endDay }: AccuracyJob): Promise<{ day: number; record: PeriodRecord }[]> {
    const rows = await this.#db.all(
      `SELECT * FROM daily_records WHERE address = ? AND role = ? AND day >= ? AND day < ? ORDER BY day LIMIT ?`,
      ...[address, role, firstDay, endDay, DAYS_KEPT],
    )
    return rows.map((row) => ({ day: Number(row.day), record: periodOf(row) }))
  }
}

function jobOf(row: Row): AccuracyJob {
  return {
    id: Number(row.id),
    role: row.role as AccuracyJob['role'],
    address: row.address as Address,
    created: Number(row.created),
    ...{ firstDay: Number(row.first_day), endDay: Number(row.end_day) },
    record: periodOf(row),
  }
}

function periodOf(row: Row): PeriodRecord {
  return { ...recordOf(row), unknown: Number(row.unknown) }
}
