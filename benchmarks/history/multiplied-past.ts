import { DatabaseSync } from 'node:sqlite'

/** Rows that are written in one transaction. */
const ROWS_AT_A_TIME = 400_000

/** Hexadecimal digits of a guid that say which copy it is of. */
const COPY_DIGITS = 5

/** Blocks before the newest whose bounties are not copied: what is open, or was a moment ago, stays what it is. */
const LEFT_ALONE = 120

/**
 * Gives a participant's journal a past: the bounties that are over in it are copied, under other guids and transactions, until
 * there are so many. The counters of the journal count the copies as well.
 *
 * @returns how many bounties are in it then.
 */
export function multiplyJournal(file: string, bounties: number): number {
  const db = openFast(file)
  const head = numberOf(db, `SELECT value AS n FROM pins WHERE key = 'head'`)
  db.exec(`CREATE TEMP TABLE past AS SELECT guid FROM bounties WHERE closed_head < ${head - LEFT_ALONE}`)
  const copies = Math.ceil(bounties / numberOf(db, 'SELECT count(*) AS n FROM past'))
  const tables = ['bounties', 'assertions', 'votes', 'orders', 'duties', 'findings', 'rivals', 'transactions']
  withoutAids(db, () => {
    for (const table of tables) copyRows(db, table, copies)
    db.exec(`UPDATE counters SET value = (SELECT count(*) FROM bounties WHERE settled_block IS NOT NULL)`)
    db.exec(`UPDATE finding_counts SET count = count * ${copies}`)
    db.exec(`UPDATE batches SET planned = o.planned, over = o.over
      FROM (SELECT batch, count(*) AS planned, sum(over) AS over FROM orders GROUP BY batch) o WHERE o.batch = batches.batch`)
  })
  return closed(db)
}

/**
 * Gives a daemon's ledger a past, in the same way. Copies of a bounty stand in the blocks of the original, since rows stand in
 * the order of their blocks.
 *
 * @returns how many bounties are in it then.
 */
export function multiplyLedger(file: string, bounties: number): number {
  const db = openFast(file)
  const last = numberOf(db, 'SELECT max(number) AS n FROM blocks') - LEFT_ALONE
  const past = numberOf(db, `SELECT count(*) AS n FROM bounties WHERE block_number < ${last - LEFT_ALONE}`)
  const copies = Math.ceil(bounties / past)
  db.exec(`CREATE TEMP TABLE past AS SELECT guid FROM bounties WHERE block_number < ${last - LEFT_ALONE}`)
  withoutAids(db, () => {
    for (const table of [
      'bounties',
      'terms',
      'assertions',
      'reveals',
      'votes',
      'bloom_votes',
      'quorums',
      'settlements',
    ]) {
      inOrder(db, table, copies, `JOIN past ON past.guid = t.guid`)
    }
    inOrder(db, 'burned', copies, 'JOIN past ON past.guid = t.guid')
    inOrder(db, 'log', copies, `JOIN past ON past.guid = guid_in(t.data)`)
  })
  return closed(db)
}

/** Writes a table anew, with the copies of each row behind it: no row stands behind one of a later block. */
function inOrder(db: DatabaseSync, table: string, copies: number, join: string): void {
  const { sql } = db.prepare('SELECT sql FROM sqlite_master WHERE name = ?').get(table) as { sql: string }
  db.exec(`CREATE TEMP TABLE source AS SELECT * FROM main.${table} ORDER BY rowid`)
  db.exec(`DROP TABLE main.${table}; ${sql}`)
  const columns = columnsOf(db, table)
  const count = numberOf(db, 'SELECT count(*) AS n FROM source')
  const step = Math.max(1, Math.floor(ROWS_AT_A_TIME / copies))
  const own = columns.filter((column) => column !== 'position')
  for (let row = 0; row < count; row += step) {
    db.exec(`INSERT OR IGNORE INTO main.${table} (${own.join(', ')})
      SELECT ${own.map((column) => copied(column)).join(', ')} FROM source t ${join.replace('JOIN', 'LEFT JOIN')}
      JOIN (${numbers(copies)}) ON copy = 0 OR past.guid IS NOT NULL
      WHERE t.rowid > ${row} AND t.rowid <= ${row + step} ORDER BY t.block_number, t.rowid, copy`)
  }
  db.exec('DROP TABLE source')
}

/** Puts copies of the rows of the past behind those that are there. */
function copyRows(db: DatabaseSync, table: string, copies: number): void {
  const columns = columnsOf(db, table).filter((column) => !(table === 'transactions' && column === 'id'))
  db.exec(`CREATE TEMP TABLE source AS SELECT t.* FROM main.${table} t JOIN past USING (guid)`)
  const rows = numberOf(db, 'SELECT count(*) AS n FROM source')
  const step = Math.max(1, Math.floor(ROWS_AT_A_TIME / Math.max(rows, 1)))
  for (let first = 1; first < copies; first += step) {
    db.exec(`INSERT OR IGNORE INTO main.${table} (${columns.join(', ')})
      SELECT ${columns.map((column) => copied(column)).join(', ')} FROM source t
      CROSS JOIN (${numbers(Math.min(first + step, copies), first)})`)
  }
  db.exec('DROP TABLE source')
}

/** A column of the row `t` in a copy: of copy 0 it is what it was. */
function copied(column: string): string {
  if (column === 'guid') return `guid_of(t.guid, copy)`
  if (column === 'hash') return `hash_of(t.hash, copy)`
  if (column === 'nonce') return 't.nonce'
  if (column === 'data') return `data_of(t.data, copy)`
  return `t.${column}`
}

function numbers(until: number, from = 0): string {
  return `WITH RECURSIVE n (copy) AS (SELECT ${from} UNION ALL SELECT copy + 1 FROM n WHERE copy + 1 < ${until}) SELECT copy FROM n`
}

/** Nothing of it is for ever: a benchmark that is cut short begins anew. */
function openFast(file: string): DatabaseSync {
  const db = new DatabaseSync(file)
  db.exec(
    'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1500000; PRAGMA temp_store = MEMORY',
  )
  const guidOf = (guid: unknown, copy: unknown) => (copy === 0 ? String(guid) : copyOf(String(guid), Number(copy)))
  db.function('guid_of', { deterministic: true }, guidOf)
  db.function('hash_of', { deterministic: true }, (hash, copy) =>
    copy === 0 ? String(hash) : `${String(hash).slice(0, -8)}${Number(copy).toString(16).padStart(8, '0')}`,
  )
  db.function('guid_in', { deterministic: true }, (data) => GUID.exec(String(data))?.[1] ?? null)
  db.function('data_of', { deterministic: true }, (data, copy) =>
    copy === 0
      ? String(data)
      : String(data).replace(GUID, (text, guid) => text.replace(guid, copyOf(guid, Number(copy)))),
  )
  return db
}

const GUID = /^\{"(?:bounty_)?guid":"([^"]+)"/

/** Digits of the middle are exchanged: what is told apart by them lies all over an index, as guids do. */
function copyOf(guid: string, copy: number): string {
  const digits = ((copy * 0x9e3b1) % 0x100000).toString(16).padStart(COPY_DIGITS, '0')
  return `${digits}${guid.slice(COPY_DIGITS)}`
}

/** Makes triggers and indexes anew after the work: with them each row would cost as much as ten. */
function withoutAids(db: DatabaseSync, work: () => void): void {
  const dropped = db
    .prepare(`SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL`)
    .all() as { type: string; name: string; sql: string }[]
  for (const { type, name } of dropped) db.exec(`DROP ${type} ${name}`)
  work()
  for (const { sql } of dropped) db.exec(sql)
}

function columnsOf(db: DatabaseSync, table: string): string[] {
  return db
    .prepare(`SELECT name FROM pragma_table_info(?)`)
    .all(table)
    .map(({ name }) => String(name))
}

function numberOf(db: DatabaseSync, sql: string): number {
  return Number(db.prepare(sql).get()?.n)
}

function closed(db: DatabaseSync): number {
  const bounties = numberOf(db, 'SELECT count(*) AS n FROM bounties')
  db.exec('PRAGMA journal_mode = WAL')
  db.close()
  return bounties
}
