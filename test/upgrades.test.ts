import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { AccountBook } from '../consumer/src/store/account-book.ts'
import { CONSUMER_STEPS } from '../consumer/src/store/consumer-schema.ts'
import { SqliteDatabase } from '../consumer/src/store/sqlite-database.ts'
import { DataDirectory } from '../devnet/src/data-directory.ts'
import { CaseBook } from '../participants/src/arbiter/cases/case-book.ts'
import { TruthDatabase } from '../participants/src/arbiter/truth-database.ts'
import { Journal } from '../participants/src/runtime/journal/journal.ts'
import { openKeystore } from '../participants/src/runtime/keys/keystore.ts'
import { KeyFile } from '../polyswarmd/src/access/key-file.ts'
import { readDeployment } from '../polyswarmd/src/chain/deployment.ts'
import { OpeningStore } from '../polyswarmd/src/keeping/opening-store.ts'
import { MessageStore } from '../polyswarmd/src/offers/message-store.ts'
import { RelayJournal } from '../polyswarmd/src/relay/relay-journal.ts'
import { ROOT } from './support/markdown.ts'

/*
 * Files as every version of ours has written them, in test/upgrades: NAME-VERSION.sql is what `sqlite3 FILE .dump` made of
 * one, with its user_version. Whoever changes the tables of one of them raises its version, and adds what it wrote before.
 */
const FIXTURES = join(ROOT, 'test/upgrades')
const directory = mkdtempSync(join(tmpdir(), 'upgrades-'))
afterAll(() => rmSync(directory, { recursive: true }))

const account = '0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A'
const guid = '6bb12f33-4a6b-4e5c-9d44-6a1f8b0c7d01' as never
const RELAYS = { home: account, side: account } as const

interface Closable {
  close(): unknown
}

/** A kind of file: how it is opened, and whether all is there that the fixtures have. */
interface Kind<T extends Closable> {
  open(file: string): T | Promise<T>
  check(opened: T): void | Promise<void>
}

const kind = <T extends Closable>(one: Kind<T>): Kind<T> => one

function expectSigned(journal: Journal, action: string): void {
  expect(journal.outbox.unsettled(0)).toMatchObject([{ guid, kind: action, nonce: 4, raw: '0x34', state: 'signed' }])
  expect([journal.cursor, journal.head, journal.market?.relay]).toEqual(['a-7', 7, account])
}

const KINDS = {
  'arbiter-journal': kind({
    open: (file) => Journal.open(file, { account, role: 'arbiter' }),
    check: (journal) => {
      expectSigned(journal, 'vote')
      expect(journal.bounties.vote(guid)).toMatchObject({ votes: 1n, validBloom: true })
      expect(journal.judgements.of(guid)?.judgements).toMatchObject([{ truth: 'malicious', source: 'manual' }])
      expect(journal.judgements.tally('responses')).toBe(9n)
    },
  }),
  'balance-journal': kind({
    open: (file) => Journal.open(file, { account, role: 'balance' }),
    check: (journal) => {
      expectSigned(journal, 'send')
      expect(journal.outbox.newest('send')).toMatchObject({ hash: '0x12' })
    },
  }),
  cases: kind({
    open: (file) => CaseBook.open(file),
    check: (book) => {
      expect(book.list({ limit: 9 })).toMatchObject([{ id: 1, guid, artifact: 2, closesHead: 90, state: 'open' }])
      expect(book.decided('b'.repeat(64))).toMatchObject({ verdict: 'malicious', who: 'Ada', why: 'report 4711' })
      expect([book.waiting('side').count, book.clock('side')?.head]).toEqual([1, 50])
    },
  }),
  truth: kind({
    open: (file) => TruthDatabase.create(file),
    check: (truths) => expect(truths.lookUp('a'.repeat(64))).toBe('malicious'),
  }),
  keys: kind({
    open: (file) => KeyFile.open(file),
    check: (keys) => expect(keys.list()).toMatchObject([{ name: 'Ada', requestsPerMinute: 2, revokedAt: null }]),
  }),
  messages: kind({
    open: (file) => MessageStore.open(file),
    check: (store) => expect([store.id.length, store.lastPosition]).toEqual([16, 1]),
  }),
  openings: kind({
    open: (file) => OpeningStore.open(file),
    check: (store) => expect(store.after(0, 9, 5)).toMatchObject([{ guid, nonce: 77n }]),
  }),
  relay: kind({
    open: (file) => RelayJournal.open(file, RELAYS),
    check: (journal) => {
      expect(journal.cursor('home')).toMatchObject({ block: 12 })
      expect(journal.transfers('home', 'open', 9)).toMatchObject([{ amount: 5n, destination: account }])
    },
  }),
  consumer: kind({
    open: (file) => SqliteDatabase.open(file),
    check: async (db) => {
      expect(await new AccountBook(db).get(1)).toMatchObject({ name: 'Ada', budget: 700n, spent: 30n })
    },
  }),
}

const fixtures = readdirSync(FIXTURES).flatMap((file) => {
  const [, name = '', version = ''] = /^(.*)-(\d+)\.sql$/.exec(file) ?? []
  return name === '' ? [] : [{ file, name: name as keyof typeof KINDS, version: Number(version) }]
})

let files = 0

/** A file of a version, as it was left. */
function written(fixture: string): string {
  const path = join(directory, `${++files}-${fixture}.sqlite`)
  const db = new DatabaseSync(path)
  db.exec(readFileSync(join(FIXTURES, fixture), 'utf8'))
  db.close()
  return path
}

/** Version, tables with their columns, indexes and triggers of a file. */
function shapeOf(path: string): unknown {
  const db = new DatabaseSync(path, { readOnly: true })
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  const made = db
    .prepare("SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name")
    .all()
  const parts = made.map(({ type, name }) => {
    const columns =
      type === 'table' ? db.prepare('SELECT name, type, pk FROM pragma_table_info(?)').all(String(name)) : []
    return [`${type} ${name}`, ...columns.map((column) => Object.values(column).join(' ')).sort()]
  })
  db.close()
  return { version, parts }
}

async function freshShape(name: keyof typeof KINDS): Promise<unknown> {
  const path = join(directory, `${++files}-${name}.fresh`)
  const opened = await KINDS[name].open(path)
  await opened.close()
  return shapeOf(path)
}

test('each kind of file has a fixture', () => {
  expect([...new Set(fixtures.map(({ name }) => name))].sort()).toEqual(Object.keys(KINDS).sort())
})

describe.each(fixtures)('$file', ({ file, name }) => {
  const { open, check } = KINDS[name] as Kind<Closable>

  test('is opened with all that is in it, and has the tables of a new one', async () => {
    const path = written(file)
    // The second time, it is one of today.
    for (let time = 0; time < 2; time++) {
      const opened = await open(path)
      await check(opened)
      await opened.close()
    }
    expect(shapeOf(path)).toEqual(await freshShape(name))
  })

  test('of a later version is refused, and left as it is', async () => {
    // These have no version: what they keep can be lost, or is anybody's.
    if (['truth', 'openings'].includes(name)) return
    const path = written(file)
    const db = new DatabaseSync(path)
    db.exec('PRAGMA user_version = 99')
    db.close()
    const before = shapeOf(path)
    await expect((async () => open(path))()).rejects.toThrow(/version 99/)
    expect(shapeOf(path)).toEqual(before)
  })
})

test.each(Object.keys(KINDS) as (keyof typeof KINDS)[])(
  'a new version of %s has a fixture of its own',
  async (name) => {
    const newest = Math.max(...fixtures.filter((one) => one.name === name).map(({ version }) => version))
    // The triggers and indexes of a truth database are made when it is opened to add to it.
    if (name === 'truth') return
    expect(shapeOf(written(`${name}-${newest}.sql`))).toEqual(await freshShape(name))
  },
)

test('steps between versions of the consumer service are for both kinds of database', () => {
  expect(fixtures.filter(({ name }) => name === 'consumer')).toHaveLength(CONSUMER_STEPS.length)
})

test('a market file, a deployment file and a keystore of before are read', async () => {
  const root = join(directory, 'market')
  mkdirSync(join(root, 'chain'), { recursive: true })
  copyFileSync(join(FIXTURES, 'market-1.json'), join(root, 'market.json'))
  copyFileSync(join(FIXTURES, 'sidechain-1.json'), join(root, 'chain', 'sidechain.json'))
  writeFileSync(join(root, 'chain', 'state.json'), '{}')
  expect(DataDirectory.open(root).readMarket()).toMatchObject({ chainId: 1338, contracts: { NectarToken: account } })
  expect(readDeployment(join(FIXTURES, 'sidechain-1.json'))).toMatchObject({ bounty_registry_address: account })
  const { address } = await openKeystore(join(FIXTURES, 'keystore-3.json'), 'correct horse')
  expect(JSON.parse(readFileSync(join(FIXTURES, 'keystore-3.json'), 'utf8')).address.toLowerCase()).toContain(
    address.slice(2).toLowerCase(),
  )
})
