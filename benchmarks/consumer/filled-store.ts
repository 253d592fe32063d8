import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ConsumerStore } from '../../consumer/dist/store/consumer-store.js'

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

/** Makes the database of a service in which so many submissions were answered, each on an artifact of its own. */
export async function fillStore(data: string, instances: number): Promise<void> {
  await (await ConsumerStore.open(data)).close()
  const db = new DatabaseSync(join(data, 'consumer.sqlite'))
  db.exec("PRAGMA synchronous = OFF; INSERT INTO accounts (name, created) VALUES ('local', 0)")
  const engine = (n: number) => {
    const author = `0x${String(n).repeat(40)}`
    return { author, bid: '1000000000000000000', verdict: true, metadata: { malware_family: 'Example' } }
  }
  const assertions = JSON.stringify(Array.from({ length: ENGINES }, (_, n) => engine(n + 1)))
  const score = JSON.stringify({
    probability: 0.9,
    low: 0.7,
    high: 0.97,
    engines: [],
    reasons: ['Five engines agree.'],
  })
  const artifact = db.prepare(`WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
    INSERT INTO artifacts SELECT i, 'file', printf('%064x', i), printf('%040x', i), printf('%032x', i), 1000,
    'application/pdf', 0, 0 FROM n`)
  const instance = db.prepare(`WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
    INSERT INTO instances (id, account, artifact, type, name, community, private, fresh, created, state, queued, judged,
    truth, score, assertions, change, turned) SELECT 1700000000000 * 1024 + i, 1, i, 'file', 'sample-' || i, 'default', 0, 0,
    1700000000000, 'settled', 0, 0, 1, ?3, ?4, i, i FROM n`)
  for (let first = 1; first <= instances; first += AT_A_TIME) {
    const last = Math.min(first + AT_A_TIME - 1, instances)
    db.exec('BEGIN')
    artifact.run(first, last)
    instance.run(first, last, score, assertions)
    db.exec('COMMIT')
  }
  db.prepare("UPDATE facts SET value = ? WHERE name = 'change'").run(String(instances))
  db.close()
}
