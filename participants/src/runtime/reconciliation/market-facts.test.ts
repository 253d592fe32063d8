import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { baseUnits, type Guid, type MarketEvent, marketEvent, newGuid, parseJson } from '@polyswarm/protocol'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hostileJson, hostileObject } from '../../../../test/support/hostile-json.ts'
import { JournalWriteError } from '../../errors.ts'
import { isAccepted, parseFilterRules } from '../../microengine/bounty-filter.ts'
import type { BountyAnnouncement } from '../journal/bounty-book.ts'
import { account } from '../journal/journal.fixture.ts'
import { Journal } from '../journal/journal.ts'
import { recordEvent, recordMined } from './market-facts.ts'

let directory: string
let journal: Journal

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'market-facts-'))
  journal = Journal.open(join(directory, 'journal.sqlite'), { account, role: 'microengine' })
})

afterEach(() => {
  journal.close()
  rmSync(directory, { recursive: true })
})

const STRANGER = `0x${'b'.repeat(40)}`
const FILTERS = await parseFilterRules(
  '--filter',
  ['reject', 'filesize', '>', '5', 'reject', 'filename', 'regex', '^(a+)+b'],
  ['reject'],
)

/** Looks at all of a bounty, as engines do. */
function wants({ metadata }: BountyAnnouncement): boolean {
  const first: unknown = Array.isArray(metadata) ? metadata[0] : undefined
  return isAccepted(FILTERS, Object(first) as Record<string, unknown>)
}

const record = (event: MarketEvent, interest = wants) =>
  recordEvent({ journal, account, wants: interest, logger: pino({ level: 'silent' }) }, event)

function bountyEvent(guid: Guid, metadata: string, cursor: string, expiration = '100'): MarketEvent {
  const fields = `"guid":"${guid}","artifact_type":"file","author":"${STRANGER}","amount":"1","uri":"Qm"`
  const data = `{${fields},"expiration":"${expiration}","metadata":${metadata}}`
  const origin = `"block_number":1,"txhash":"0x${'0'.repeat(64)}","cursor":"${cursor}"`
  return marketEvent.parse(parseJson(`{"event":"bounty","data":${data},${origin}}`))
}

const DATA = {
  guid: `"${newGuid()}"`,
  bounty_guid: `"${newGuid()}"`,
  artifact_type: '"file"',
  author: `"${STRANGER}"`,
  voter: `"${account}"`,
  settler: `"${account}"`,
  amount: '"1"',
  uri: '"Qm"',
  expiration: '"100"',
  metadata: '[]',
  index: '0',
  bid: '["1"]',
  mask: '[true]',
  commitment: '"1"',
  nonce: '"1"',
  verdicts: '[true]',
  votes: '[true]',
  payout: '1',
  rollover: 'true',
  number: '1',
}

/** What each kind of event says. */
const FIELDS: Record<string, (keyof typeof DATA)[]> = {
  block: ['number'],
  reorg: ['number'],
  bounty: ['guid', 'artifact_type', 'author', 'amount', 'uri', 'expiration', 'metadata'],
  assertion: ['bounty_guid', 'author', 'index', 'bid', 'mask', 'commitment'],
  reveal: ['bounty_guid', 'author', 'index', 'nonce', 'verdicts', 'metadata'],
  vote: ['bounty_guid', 'voter', 'votes'],
  quorum: ['bounty_guid'],
  settled_bounty: ['bounty_guid', 'settler', 'payout'],
  deprecated: ['rollover'],
}
/** Events of which some pass the schema, whatever else is wrong with them. */
const events = fc
  .constantFrom(...Object.keys(FIELDS))
  .chain((kind) => {
    const honest = Object.fromEntries((FIELDS[kind] ?? []).map((name) => [name, DATA[name]]))
    return fc.tuple(fc.constant(kind), hostileObject(honest))
  })
  .map(([event, data]) => `{"event":"${event}","data":${data},"block_number":1,"txhash":"0x${'0'.repeat(64)}"}`)

describe('an event', () => {
  it('is taken in, whatever a stranger wrote into it', { timeout: 120_000 }, () => {
    let taken = 0
    fc.assert(
      fc.property(events, (text) => {
        let event: MarketEvent
        try {
          event = marketEvent.parse(parseJson(text))
        } catch {
          return
        }
        record(event)
        taken++
      }),
      { numRuns: 300, endOnFailure: true },
    )
    expect(taken).toBeGreaterThan(20)
  })

  it('is taken in whatever its metadata is, and can be read back', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(hostileJson, (metadata) => {
        const guid = newGuid()
        let event: MarketEvent
        try {
          event = bountyEvent(guid, `[${metadata}]`, 'x')
        } catch {
          return
        }
        record(event, () => true)
        expect(journal.bounties.get(guid)).toMatchObject({ guid, uri: 'Qm' })
      }),
      { numRuns: 200, endOnFailure: true },
    )
  })

  it('of a bounty brings its terms with it, where the daemon tells them', () => {
    const [told, untold] = [newGuid(), newGuid()]
    const windows = { assertion_reveal_window: 4, arbiter_vote_window: 5, arbiter_count: 1 }
    const terms = { num_artifacts: 3, bounty_fee: '10', assertion_fee: '2', ...windows }
    record(bountyEvent(told, `[],"terms":${JSON.stringify(terms)}`, 'cursor-1'))
    record(bountyEvent(untold, '[]', 'cursor-2'))
    expect(journal.bounties.get(told)?.terms).toMatchObject({ numArtifacts: 3, bountyFee: 10n, arbiterVoteWindow: 5 })
    expect(journal.bounties.get(untold)?.terms).toBeNull()
  })

  it('that a transaction of this account caused shows that it is mined, whoever it was for', () => {
    const txhash = `0x${'7'.repeat(64)}` as const
    const entry = { guid: null, kind: 'keep', attempt: 1, nonce: 0, hash: txhash, raw: '0x', head: 1 } as const
    journal.writeDurably(() => journal.outbox.add([entry]))
    const data = { bounty_guid: newGuid(), settler: STRANGER, payout: 1n }
    const settled = { event: 'settled_bounty', data, block_number: 2, cursor: 'cursor-1' } as const
    record({ ...settled, txhash: `0x${'8'.repeat(64)}` } as unknown as MarketEvent)
    expect([journal.outbox.unsettled(99).length, journal.cursor]).toEqual([1, undefined])
    record({ ...settled, txhash } as unknown as MarketEvent)
    expect([journal.outbox.unsettled(99).length, journal.cursor]).toEqual([0, 'cursor-1'])
  })

  it('that cannot be read costs itself: it is refused, the cursor moves, the next one is taken', () => {
    const [odd, late, good] = [newGuid(), newGuid(), newGuid()]
    const failing = () => {
      throw new RangeError('too deep')
    }
    record(bountyEvent(odd, '[]', 'cursor-1'), failing)
    record(bountyEvent(late, '[]', 'cursor-2', '9'.repeat(70)))
    expect(journal.cursor).toBe('cursor-2')
    record(bountyEvent(good, '[]', 'cursor-3'))
    expect(journal.bounties.get(odd)?.decision).toBe('refuse')
    expect(journal.bounties.get(late)?.decision).toBe('refuse')
    expect(journal.bounties.get(good)?.decision).toBeNull()
    expect(journal.bounties.standings().map(({ guid }) => guid)).toEqual([good])
    const db = new DatabaseSync(journal.path, { readOnly: true })
    const reasons = db.prepare('SELECT reason FROM bounties WHERE decision IS NOT NULL ORDER BY rowid').all()
    expect(reasons.map(({ reason }) => reason)).toEqual([
      'its announcement cannot be read: too deep',
      `its announcement cannot be read: ${'9'.repeat(70)} is no number of a block`,
    ])
    db.close()
  })

  it('that cannot be written is never passed over: the cursor stays, and the error ends the program', () => {
    record(bountyEvent(newGuid(), '[]', 'cursor-1'))
    const other = new DatabaseSync(journal.path)
    other.exec(
      `CREATE TRIGGER full BEFORE INSERT ON bounties BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
    )
    const guid = newGuid()
    expect(() => record(bountyEvent(guid, '[]', 'cursor-2'))).toThrow(JournalWriteError)
    expect(journal.cursor).toBe('cursor-1')
    other.exec('DROP TRIGGER full')
    other.close()
    record(bountyEvent(guid, '[]', 'cursor-2'))
    expect(journal.bounties.get(guid)?.decision).toBeNull()
    expect(journal.cursor).toBe('cursor-2')
  })
})

describe('a mined transaction', () => {
  it('that posted a bounty is enough to settle it: polyswarmd may have forgotten the bounty', () => {
    const guid = newGuid()
    journal.plannedBounties.add({ guid, batch: 1, source: 'sample', artifactType: 'file', duration: 5 })
    journal.plannedBounties.prepare(guid, { amount: 2n, bountyFee: 1n, uri: 'Qm', addresses: ['Qm1'], metadata: '' })
    const posted = { guid, author: account, amount: baseUnits(2n), uri: 'Qm', expiration: baseUnits(12n), metadata: '' }
    const entry = { guid, kind: 'post', id: 1, attempt: 1, nonce: 0, raw: '0x', hash: '0x', head: 7, state: 'mined' }
    recordMined({ journal, account, logger: pino({ level: 'silent' }) }, entry as never, { bounties: [posted] }, 7)
    expect(journal.plannedBounties.get(guid)?.posted).toBe(true)
    expect(journal.bounties.standings(guid)).toMatchObject([{ guid, decision: 'post', expiration: 12, settled: false }])
  })
})
