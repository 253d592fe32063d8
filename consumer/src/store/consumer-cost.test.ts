import { DatabaseSync } from 'node:sqlite'
import { newGuid } from '@polyswarm/protocol'
import { expect, test } from 'vitest'
import { AccountBook } from './account-book.ts'
import { ArtifactBook } from './artifact-book.ts'
import { BountyGroups } from './bounty-groups.ts'
import { CONSUMER_STEPS } from './consumer-schema.ts'
import { EngineBook } from './engine-book.ts'
import { SubmissionBook } from './submission-book.ts'

/** A database that remembers what it was asked. */
class AskedDatabase extends DatabaseSync {
  readonly asked = new Set<string>()

  override prepare(sql: string) {
    if (!sql.startsWith('EXPLAIN')) this.asked.add(sql)
    return super.prepare(sql)
  }
}

/** Tables that are as long as the operator has accounts, or the market engines, and what is open now. */
const SHORT = /SCAN (accounts|a|k|removals|engines|records|facts|USING|\(|\d|CONSTANT)|USING INDEX open_bounties/

test('no question goes through all submissions, artifacts or bounties', () => {
  const db = new AskedDatabase(':memory:')
  for (const step of CONSUMER_STEPS) db.exec(step)
  const [accounts, artifacts, submissions] = [new AccountBook(db), new ArtifactBook(db), new SubmissionBook(db)]
  const [bounties, engines] = [new BountyGroups(db), new EngineBook(db)]
  const now = 1_000_000_000
  const { id: account } = accounts.named('ann', { budget: 10n, submissionsPerHour: 1 }, now)
  accounts.ofKey(accounts.addKey(account, now).key)
  accounts.spend(account, 1n, 10n)
  accounts.giveBack(account, 1n)
  const description = { type: 'file' as const, sha256: 'a', sha1: 'b', md5: 'c', size: 1, mimetype: 'text/plain' }
  const { id: artifact } = artifacts.keep(description, now)
  artifacts.withHash('md5', 'c')
  artifacts.withHash('sha1', 'b')
  artifacts.ofUrl('http://example.com/')
  const given = {
    account,
    type: 'file' as const,
    name: 'X',
    community: '',
    private: false,
    fresh: false,
    password: null,
  }
  const { id } = submissions.add({ ...given, uploadToken: 't' }, now)
  submissions.waitingFor('t')
  submissions.setStored(id, artifact)
  submissions.setQueued(id, 1n, now)
  submissions.countSince(account, now)
  submissions.visible(id, account)
  submissions.ofAccount(account, id, 10)
  submissions.ofArtifact(artifact, account, id, 10)
  submissions.queued('file', false, 256)
  const guid = newGuid()
  const bounty = bounties.add({ guid, artifactType: 'file', artifacts: 1, most: 1n })
  bounties.open()
  bounties.rename(bounty, guid)
  submissions.assign(id, bounty, 0)
  submissions.ofBounty(bounty)
  submissions.dependents(id, 10)
  submissions.disputesOf(id)
  submissions.touchDependents(id)
  submissions.touch(id)
  submissions.changedAfter({ change: 0, id: 0n }, 10)
  submissions.abandoned(now, 10)
  submissions.expired(now, 10)
  const found = submissions.get(id)
  if (found) submissions.delete(found)
  artifacts.forgetUnused(artifact)
  engines.saw('0xa1', 'microengine', now)
  engines.list('', 10)
  expect(db.asked.size).toBeGreaterThan(35)
  const scans = [...db.asked].flatMap((sql) =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail))
      .filter((detail) => /^SCAN/.test(detail) && !SHORT.test(detail))
      .map((detail) => `${detail}: ${sql}`),
  )
  expect(scans).toEqual([])
})
