import { DatabaseSync } from 'node:sqlite'

/** Every row of every table of a ledger but the one with its random id, for comparing two ledgers. */
export function ledgerRows(file: string): Record<string, unknown[]> {
  const db = new DatabaseSync(file, { readOnly: true })
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('ledger') ORDER BY name")
    .all()
    .map(({ name }) => String(name))
  const rows = tables.map((table) => [table, db.prepare(`SELECT rowid AS row, * FROM ${table} ORDER BY rowid`).all()])
  db.close()
  return Object.fromEntries(rows)
}
