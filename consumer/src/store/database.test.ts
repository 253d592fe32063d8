import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from './database.ts'
import { testDatabases } from './databases.fixture.ts'
import { PostgresDatabase } from './postgres-database.ts'
import { SqliteDatabase } from './sqlite-database.ts'

describe.each(await testDatabases())('with $name', ({ fresh }) => {
  let directory: string
  let address: string | undefined
  let db: Database

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'database-'))
    address = await fresh()
    db = await open()
  })

  afterEach(async () => {
    await db.close()
    await rm(directory, { recursive: true })
  })

  const open = (): Promise<Database> =>
    address === undefined ? SqliteDatabase.open(join(directory, 'x.sqlite')) : PostgresDatabase.open(address)
  const set = (value: string) => db.run("UPDATE facts SET value = ? WHERE name = 'spent'", value)
  const spent = async (from = db) => (await from.get("SELECT value FROM facts WHERE name = 'spent'"))?.value

  test('a transaction happens as a whole or not at all, and others see it when it has', async () => {
    const seen: unknown[] = []
    await db.transaction(async () => {
      await set('1')
      seen.push(await spent())
      await Promise.all([db.transaction(() => set('2'))])
    })
    await expect(
      db.transaction(async () => {
        await set('3')
        throw new RangeError('no')
      }),
    ).rejects.toThrow(RangeError)
    expect([...seen, await spent()]).toEqual(['1', '2'])
  })

  test('transactions that are asked for at the same time run one after the other, with those of another process', async () => {
    const other = await open()
    const add = (to: Database) =>
      to.transaction(async () => {
        const before = Number(await spent(to))
        await Promise.resolve()
        await to.run("UPDATE facts SET value = ? WHERE name = 'spent'", String(before + 1))
      })
    await Promise.all(Array.from({ length: 20 }, () => add(db)))
    for (let i = 0; i < 5; i++) await Promise.all([add(db)].concat(address === undefined ? [add(other)] : []))
    expect(await spent(other)).toBe(address === undefined ? '30' : '25')
    await other.close()
  })

  test('what is asked outside of a transaction sees nothing of one that is open, and changes nothing', async () => {
    let proceed = (): void => undefined
    const waited = new Promise<void>((resolve) => {
      proceed = resolve
    })
    const writing = db.transaction(async () => {
      await set('7')
      await waited
    })
    const outside = await spent()
    proceed()
    await writing
    expect([outside, await spent()]).toEqual(['0', '7'])
  })

  test('a large integer comes as it went', async () => {
    const largest = 2n ** 63n - 1n
    expect(await db.get('SELECT CAST(? AS BIGINT) AS n, count(*) AS c FROM facts', largest)).toEqual({
      n: largest,
      c: 3n,
    })
  })

  test('one service has it at a time, until it is closed', async () => {
    expect([await db.lock(), await db.lock()]).toEqual([true, true])
    const other = await open()
    expect(await other.lock()).toBe(false)
    await db.close()
    db = other
    expect(await other.lock()).toBe(true)
  })

  test('opened again it has what was written, and a later version is refused', async () => {
    await db.transaction(() => set('9'))
    await db.close()
    db = await open()
    expect(await spent()).toBe('9')
    await db.transaction(async () => {
      if (address === undefined) await db.run('PRAGMA user_version = 99')
      else await db.run('UPDATE consumer_version SET version = 99')
    })
    await expect(open()).rejects.toThrow(/it has version 99/)
  })
})

const [, postgres] = await testDatabases()

test.skipIf(postgres === undefined)('a connection that breaks is replaced, and the lock with it', async () => {
  const address = (await postgres?.fresh()) ?? ''
  const [db, other] = [await PostgresDatabase.open(address), await PostgresDatabase.open(address)]
  const write = () => db.transaction(() => db.run("UPDATE facts SET value = '1' WHERE name = 'spent'"))
  await db.lock()
  await other.all(`SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND datname = current_database()`)
  // The other one takes over.
  await until(() => other.lock().catch(() => false))
  await until(() => write().catch((error: Error) => /another service has taken it over/.test(error.message)))
  await other.close()
  await until(() => write().catch(() => false))
  expect(await db.get("SELECT value FROM facts WHERE name = 'spent'")).toEqual({ value: '1' })
  await db.close()
})

async function until(met: () => Promise<unknown>): Promise<void> {
  while (!(await met())) await nextTurn()
}

test('a database that is not there is named, without its password', async () => {
  const opening = PostgresDatabase.open('postgres://me:secret@127.0.0.1:1/none')
  await expect(opening).rejects.toThrow(/^Cannot use 127\.0\.0\.1:1\/none: (?!.*secret)/)
})
