/** What a column holds, or a parameter stands for. */
export type SqlValue = string | number | bigint | null

/** A row of an answer. Integers are bigint. */
export type Row = Record<string, SqlValue>

/**
 * A database that speaks SQL. Statements are written so that SQLite and PostgreSQL understand them alike, with `?` for
 * parameters, or `?1`, `?2` where one is used twice.
 */
export abstract class Database {
  /** What it is called in errors: no password is in it. */
  abstract readonly name: string

  /**
   * The rows that a statement gives, in its order. Outside of a transaction only what reads is allowed.
   *
   * @throws ConsumerStoreError where the database cannot be used.
   */
  abstract all(sql: string, ...values: SqlValue[]): Promise<Row[]>

  /** Runs a statement. @returns how many rows it has changed. @throws ConsumerStoreError, as {@link all} does. */
  abstract run(sql: string, ...values: SqlValue[]): Promise<number>

  /**
   * Runs `work` as one transaction, one at a time: all that is asked meanwhile from within `work` belongs to it. It is on the
   * disk when this resolves, or has not happened. Within a transaction it is a part of that one.
   *
   * @throws ConsumerStoreError, and what `work` throws.
   */
  abstract transaction<T>(work: () => Promise<T>): Promise<T>

  /** Keeps other services out of it until it is closed. @returns false where another one has it. */
  abstract lock(): Promise<boolean>

  /** Writes over what was deleted, where the database does not do that by itself. */
  abstract scrub(): Promise<void>

  abstract close(): Promise<void>

  /** The first row that a statement gives. */
  async get(sql: string, ...values: SqlValue[]): Promise<Row | undefined> {
    const [row] = await this.all(sql, ...values)
    return row
  }
}

/** An integer of a row that a double holds; null for NULL. */
export function numberOf(value: SqlValue | undefined): number | null {
  return value == null ? null : Number(value)
}
