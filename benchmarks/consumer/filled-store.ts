import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Database } from '../../consumer/dist/store/database.js'
import { PostgresDatabase } from '../../consumer/dist/store/postgres-database.js'
import { SqliteDatabase } from '../../consumer/dist/store/sqlite-database.js'

/** Engines that have answered on each. */
const ENGINES = 5
/** Submissions that are written in one transaction. */
const AT_A_TIME = 50_000

/** The id of a submission that {@link fillStore} has made. */
export function idOf(index: number): string {
  return String(1_700_000_000_000n * 1024n + BigInt(index))
}

/** The SHA-256 under which it is found. */
export function hashOf(index: number): string {
  return index.toString(16).padStart(64, '0')
}

/** The numbers from `?1` to `?2`, and one of them in so many hexadecimal digits. */
interface Series {
  numbers: string
  hex: (digits: number) => string
}

const SQLITE: Series = {
  numbers: 'WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)',
  hex: (digits) => `printf('%0${digits}x', i)`,
}
const POSTGRES: Series = {
  numbers: 'WITH n(i) AS (SELECT generate_series(CAST(?1 AS BIGINT), CAST(?2 AS BIGINT)))',
  hex: (digits) => `lpad(to_hex(i), ${digits}, '0')`,
}

/**
 * Makes the database of a service in which so many submissions were answered, each on an artifact of its own.
 *
 * @param database address of an empty PostgreSQL database; without one it is the file in `data`.
 */
export async function fillStore(data: string, instances: number, database?: string): Promise<void> {
  const { numbers, hex } = database === undefined ? SQLITE : POSTGRES
  const db = database === undefined ? await sqliteIn(data) : await PostgresDatabase.open(unhurried(database))
  const engine = (n: number) => {
    const author = `0x${String(n).repeat(40)}`
    return { author, bid: '1000000000000000000', verdict: true, metadata: { malware_family: 'Example' } }
  }
  const assertions = JSON.stringify(Array.from({ length: ENGINES }, (_, n) => engine(n + 1)))
  const said = { probability: 0.9, low: 0.7, high: 0.97, engines: [], reasons: ['Five engines agree.'] }
  await db.transaction(() => db.run("INSERT INTO accounts (name, created) VALUES ('local', 0)"))
  for (let first = 1; first <= instances; first += AT_A_TIME) {
    const last = Math.min(first + AT_A_TIME - 1, instances)
    await db.transaction(async () => {
      await db.run(
        `INSERT INTO artifacts (id, type, sha256, sha1, md5, size, mimetype, first_seen, last_seen) ${numbers}
          SELECT i, 'file', ${hex(64)}, ${hex(40)}, ${hex(32)}, 1000, 'application/pdf', 0, 0 FROM n`,
        ...[first, last],
      )
      await db.run(
        `INSERT INTO instances (id, account, artifact, type, name, community, private, fresh, created, state, queued,
          judged, truth, score, assertions, change, turned) ${numbers} SELECT 1700000000000 * 1024 + i, 1, i, 'file',
          'sample-' || i, 'default', 0, 0, 1700000000000, 'settled', 0, 0, 1, CAST(?3 AS TEXT), CAST(?4 AS TEXT), i, i FROM n`,
        ...[first, last, JSON.stringify(said), assertions],
      )
    })
  }
  await db.transaction(() => db.run("UPDATE facts SET value = ? WHERE name = 'change'", String(instances)))
  // As the database that has grown so large would have been: its first readers would do it otherwise.
  if (database !== undefined) await db.run('VACUUM ANALYZE')
  else await db.transaction(() => db.run('ANALYZE'))
  await db.close()
}

/** The same database, with no limit on how long a statement takes. */
function unhurried(database: string): string {
  const url = new URL(database)
  url.searchParams.set('statement_timeout', '0')
  return url.href
}

/** A file that is thrown away soon: nothing of it has to reach the disk before the next is written. */
async function sqliteIn(data: string): Promise<Pick<Database, 'run' | 'transaction' | 'close'>> {
  const path = join(data, 'consumer.sqlite')
  await (await SqliteDatabase.open(path)).close()
  const db = new DatabaseSync(path)
  db.exec('PRAGMA synchronous = OFF')
  return {
    run: async (sql, ...values) => Number(db.prepare(sql).run(...values).changes),
    transaction: async (work) => {
      db.exec('BEGIN')
      const result = await work()
      db.exec('COMMIT')
      return result
    },
    close: async () => db.close(),
  }
}
