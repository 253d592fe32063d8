import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { newGuid } from '@polyswarm/protocol'
import { privateKeyToAddress } from 'viem/accounts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Journal } from './journal.ts'
import { JOURNAL_STEPS } from './journal-schema.ts'

const owner = { account: privateKeyToAddress(`0x${'11'.repeat(32)}`), role: 'microengine' }
const market = {
  chainId: '1338',
  nectarToken: owner.account,
  arbiterStaking: owner.account,
  bountyRegistry: owner.account,
}
const guid = newGuid()
let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'upgrade-'))
  path = join(directory, 'journal.sqlite')
})
afterEach(() => rmSync(directory, { recursive: true }))

/** A journal as a version of ours left it: an assertion that is to be revealed, and a transaction that is not mined. */
function writeJournal(version: number): void {
  const old = new DatabaseSync(path)
  old.function('sum_of_list', { deterministic: true }, (_list) => '5')
  old.aggregate('sum_of_decimals', {
    start: '0',
    step: (sum: string, value) => String(BigInt(sum) + BigInt(String(value))),
  })
  for (const step of JOURNAL_STEPS.slice(0, version)) old.exec(step)
  old.exec(`PRAGMA user_version = ${version}`)
  const pin = old.prepare('INSERT INTO pins (key, value) VALUES (?, ?)')
  for (const [key, value] of Object.entries({ ...owner, market: JSON.stringify(market), cursor: 'a-7', head: '7' })) {
    pin.run(key, value)
  }
  old
    .prepare(`INSERT INTO assertions (guid, nonce, verdicts, mask, bids, fee, metadata, commitment)
      VALUES (?, '77', '1', '1', '["5"]', '1', '[]', '9')`)
    .run(guid)
  old
    .prepare(`INSERT INTO bounties (guid, block, author, artifact_type, amount, uri, expiration, metadata, num_artifacts)
      VALUES (?, 3, ?, 'file', '2', 'Qm', 9, '', 1)`)
    .run(guid, owner.account)
  old
    .prepare(`INSERT INTO transactions (guid, kind, attempt, nonce, hash, raw, state, head)
      VALUES (?, 'assert', 1, 4, '0x12', '0x34', 'signed', 7)`)
    .run(guid)
  old.close()
}

const versions = JOURNAL_STEPS.map((_, index) => index + 1)

function expectWhole(journal: Journal): void {
  expect(journal.bounties.assertion(guid)).toMatchObject({ nonce: 77n, bids: [5n] })
  expect(journal.outbox.unsettled(0)).toMatchObject([{ guid, nonce: 4, raw: '0x34', state: 'signed' }])
  expect(journal.market).toMatchObject({ chainId: 1338, nectarToken: owner.account })
  expect([journal.cursor, journal.head]).toEqual(['a-7', 7])
  expect(journal.bounties.standings(guid)).toHaveLength(1)
}

it.each(versions)('a journal of version %i is opened with all that is due in it', (version) => {
  writeJournal(version)
  const journal = Journal.open(path, owner)
  expectWhole(journal)
  journal.close()
  // And once more, as what it is today.
  const again = Journal.open(path, owner)
  expectWhole(again)
  // A relay that an earlier version did not know of is pinned now.
  again.pinMarket({ ...(again.market ?? (undefined as never)), relay: owner.account })
  expect(again.market?.relay).toBe(owner.account)
  again.close()
})

it('a step that cannot be taken leaves a journal as it was', () => {
  writeJournal(1)
  const blocked = new DatabaseSync(path)
  blocked.exec('CREATE TABLE findings (x)')
  blocked.close()
  copyFileSync(path, `${path}.before`)
  expect(() => Journal.open(path, owner)).toThrow(/findings/)
  const left = new DatabaseSync(path)
  expect(left.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
  expect(left.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'rivals'").get()).toEqual({ n: 0 })
  left.close()
})

it('a copy that was made while it was in use is all that it was then, in the place of the original', async () => {
  writeJournal(versions.length)
  const journal = Journal.open(path, owner)
  journal.writeDurably(() => {
    journal.cursor = 'a-8'
  })
  const source = new DatabaseSync(path, { readOnly: true })
  await backup(source, `${path}.copy`)
  source.close()
  journal.cursor = 'a-9'
  journal.close()
  for (const end of ['', '-wal', '-shm']) if (existsSync(path + end)) rmSync(path + end)
  copyFileSync(`${path}.copy`, path)
  const restored = Journal.open(path, owner)
  expect(restored.cursor).toBe('a-8')
  expect(restored.bounties.assertion(guid)).toMatchObject({ nonce: 77n })
  restored.close()
})
