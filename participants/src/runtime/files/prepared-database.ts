import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** A database that prepares each statement once: with a hundred open bounties the same few are run a thousand times a block. */
export class PreparedDatabase extends DatabaseSync {
  readonly #statements = new Map<string, StatementSync>()

  /** The texts are the program's own, so there are only so many. */
  override prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = super.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}
