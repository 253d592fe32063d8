import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { newGuid } from '@polyswarm/protocol'
import { expect, test } from 'vitest'
import { Instances } from '../api/instances.ts'
import { AccountBook } from './account-book.ts'
import { AccuracyBook } from './accuracy-book.ts'
import { ArtifactBook } from './artifact-book.ts'
import { BountyGroups } from './bounty-groups.ts'
import { ConsumerStore } from './consumer-store.ts'
import { Database, type Row, type SqlValue } from './database.ts'
import { testDatabases } from './databases.fixture.ts'
import { EngineBook } from './engine-book.ts'
import { PostgresDatabase } from './postgres-database.ts'
import { SqliteDatabase } from './sqlite-database.ts'
import { SubmissionBook } from './submission-book.ts'
import { TermBook } from './term-book.ts'
import { WebhookBook } from './webhook-book.ts'

/** A database that remembers what it was asked. */
class AskedDatabase extends Database {
  readonly name = 'asked'
  /** Each text, with the values that it was asked with last. */
  readonly asked = new Map<string, SqlValue[]>()
  /** Questions in all. */
  count = 0
  readonly #db: Database

  constructor(db: Database) {
    super()
    this.#db = db
  }

  async all(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    this.#note(sql, values)
    return this.#db.all(sql, ...values)
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    this.#note(sql, values)
    return this.#db.run(sql, ...values)
  }

  #note(sql: string, values: SqlValue[]): void {
    this.asked.set(sql, values)
    this.count++
  }

  transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.#db.transaction(work)
  }

  async lock(): Promise<boolean> {
    return true
  }

  async scrub(): Promise<void> {}

  async close(): Promise<void> {
    await this.#db.close()
  }
}

/** Tables that are as long as the operator has accounts, or the market engines, and what is open now. */
const SHORT =
  /SCAN (accounts|a|k|removals|engines|webhooks|few|open|own|records|facts|USING|\(|\d|CONSTANT)|USING INDEX open_bounties/

test('no question goes through all submissions, artifacts or bounties', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cost-'))
  const path = join(directory, 'consumer.sqlite')
  const db = new AskedDatabase(await SqliteDatabase.open(path))
  await db.transaction(() => askAll(db))
  await db.close()
  expect(db.asked.size).toBeGreaterThan(35)
  const plain = new DatabaseSync(path, { readOnly: true })
  const scans = [...db.asked.keys()].flatMap((sql) =>
    plain
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail))
      .filter((detail) => /^SCAN/.test(detail) && !SHORT.test(detail))
      .map((detail) => `${detail}: ${sql}`),
  )
  plain.close()
  rmSync(directory, { recursive: true })
  expect(scans).toEqual([])
})

const [, postgres] = await testDatabases()

test.skipIf(postgres === undefined)('nor does PostgreSQL think that it should', async () => {
  const kept = await PostgresDatabase.open((await postgres?.fresh()) ?? '')
  const db = new AskedDatabase(kept)
  await db.transaction(() => askAll(db))
  await db.transaction(() => fill(kept))
  const scans: string[] = []
  // What does not change anything is enough: changes find what they change in the same way.
  for (const [sql, values] of [...db.asked].filter(([text]) => text.startsWith('SELECT'))) {
    const plan = await kept.all(`EXPLAIN ${sql}`, ...values)
    const lines = plan.map((row) => String(row['QUERY PLAN']))
    scans.push(
      ...lines.filter((line) => /Seq Scan on (instances|artifacts|terms)/.test(line)).map((line) => line + sql),
    )
  }
  await kept.close()
  expect(scans).toEqual([])
})

/** So many submissions that reading all of them costs more than looking some up. */
async function fill(db: Database): Promise<void> {
  await db.run(`INSERT INTO artifacts (type, sha256, sha1, md5, size, mimetype, first_seen, last_seen)
    SELECT 'file', to_hex(i), to_hex(i), to_hex(i), 1, 'text/plain', i, i FROM generate_series(1, 20000) AS i`)
  await db.run(`INSERT INTO instances (id, account, artifact, type, name, community, private, fresh, created, expires, state,
      change, turned) SELECT artifacts.id, 1, artifacts.id, 'file', 'x', '', 0, 0, 1, artifacts.id, 'settled',
      artifacts.id, artifacts.id FROM artifacts`)
  await db.run("INSERT INTO terms SELECT 'family:' || (id % 1000), id FROM artifacts")
  await db.run('ANALYZE')
}

test.skipIf(postgres === undefined)('PostgreSQL plans a question once on each connection', async () => {
  const db = await PostgresDatabase.open((await postgres?.fresh()) ?? '')
  const artifacts = new ArtifactBook(db)
  for (let id = 1; id <= 20; id++) await artifacts.get(id)
  const kept = await db.all(
    `SELECT generic_plans + custom_plans AS uses FROM pg_prepared_statements
      WHERE statement LIKE 'SELECT * FROM artifacts WHERE id%'`,
  )
  await db.close()
  expect(kept).toEqual([{ uses: 20n }])
})

test('an answer by hash takes four questions, however many submissions there are of it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cost-'))
  const db = new AskedDatabase(await SqliteDatabase.open(join(directory, 'consumer.sqlite')))
  const store = new ConsumerStore(db)
  const account = await store.accounts.named('ann', { budget: null, submissionsPerHour: null }, 1)
  const description = { type: 'file' as const, sha256: 'a', sha1: 'b', md5: 'c', size: 1, mimetype: 'text/plain' }
  const health = { trouble: null, block: 0 }
  const instances = new Instances({ store, nameOf: (address) => address, health })
  const asked: number[] = []
  for (const more of [1, 20]) {
    await store.write(async () => {
      const { id: artifact } = await store.artifacts.keep(description, 1)
      const given = { type: 'file' as const, name: 'x', community: '', private: false, fresh: false, password: null }
      for (let i = 0; i < more; i++) await store.submissions.add({ ...given, account: account.id, artifact }, 1)
    })
    const before = db.count
    const [found] = await instances.withHash('sha256', 'a', account)
    const [latest] = found?.latest ?? []
    if (latest) await instances.one(latest, { protocol: 'http', host: 'x' } as never)
    asked.push(db.count - before)
  }
  await db.close()
  rmSync(directory, { recursive: true })
  expect(asked).toEqual([4, 4])
})

/** Everything that a service asks again and again. */
async function askAll(db: Database): Promise<void> {
  const [accounts, artifacts, submissions] = [new AccountBook(db), new ArtifactBook(db), new SubmissionBook(db)]
  const [bounties, engines, accuracy] = [new BountyGroups(db), new EngineBook(db), new AccuracyBook(db)]
  const [terms, webhooks] = [new TermBook(db), new WebhookBook(db)]
  const now = 1_000_000_000
  const { id: account } = await accounts.named('ann', { budget: 10n, submissionsPerHour: 1 }, now)
  await accounts.ofKey((await accounts.addKey(account, now)).key)
  await accounts.spend(account, 1n, 10n)
  await accounts.giveBack(account, 1n)
  const description = { type: 'file' as const, sha256: 'a', sha1: 'b', md5: 'c', size: 1, mimetype: 'text/plain' }
  const { id: artifact } = await artifacts.keep(description, now)
  await artifacts.withHash('md5', 'c')
  await artifacts.withHash('sha1', 'b')
  await artifacts.ofUrl('http://example.com/')
  await artifacts.firstSince(now)
  await artifacts.next(artifact)
  await artifacts.visibleFrom(artifact, artifact, account)
  const given = {
    account,
    type: 'file' as const,
    name: 'X',
    community: '',
    private: false,
    fresh: false,
    password: null,
  }
  const { id } = await submissions.add({ ...given, uploadToken: 't' }, now)
  await submissions.waitingFor('t')
  await submissions.setStored(id, artifact)
  await submissions.setQueued(id, 1n, now)
  await submissions.countSince(account, now)
  await submissions.visible(id, account)
  await submissions.ofAccount(account, id, 10)
  await submissions.ofArtifact(artifact, account, id, 10)
  await submissions.queued('file', false, 256)
  const guid = newGuid()
  const bounty = await bounties.add({ guid, artifactType: 'file', artifacts: 1, most: 1n })
  await bounties.open()
  await bounties.rename(bounty, guid)
  await submissions.assign(id, bounty, 0)
  await submissions.ofBounty(bounty)
  await submissions.dependents(id, 10)
  await submissions.disputesOf(id)
  await submissions.touchDependents(id)
  await submissions.touch(id)
  await submissions.changedAfter({ change: 0, id: 0n }, 10)
  await submissions.abandoned(now, 10)
  await submissions.expired(now, 10)
  const found = await submissions.get(id)
  if (found) await submissions.delete(found)
  await terms.note(artifact, ['family:x', 'mime:y'])
  await terms.withAll(['family:x', 'mime:y'], artifact + 1, 10)
  await terms.ofArtifact(artifact)
  const webhook = await webhooks.add(account, { uri: 'x', secret: 'y', enabled: true, events: [] }, 0, now)
  await webhooks.get(account, webhook.id)
  await webhooks.ofAccount(account)
  await webhooks.enabled()
  await webhooks.setPlace(webhook.id, { turned: 1, instance: 1n })
  await submissions.turnedAfter(account, webhook.place, 10)
  await accuracy.count({ address: '0xa1', role: 'arbiter' }, { said: true, truth: null }, now)
  const period = { role: 'arbiter' as const, address: '0xa1' as const, created: now, firstDay: 0, endDay: 9 }
  const job = await accuracy.ask(account, period)
  await accuracy.list({ account, role: 'arbiter', address: undefined }, job.id, 10)
  await accuracy.days(job)
  await accuracy.forget(now)
  await artifacts.forgetUnused(artifact)
  await engines.saw('0xa1', 'microengine', now)
  await engines.list('', 10)
}
