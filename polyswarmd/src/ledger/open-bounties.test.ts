import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Guid, guidFromUint128 } from '@polyswarm/protocol'
import fc from 'fast-check'
import { keccak256, numberToHex, stringToHex } from 'viem'
import { afterEach, describe, expect, it } from 'vitest'
import { listAssertions, listBounties, listVotes } from './bounty-list.ts'
import { readAssertions, readBounty, readGuids, readSettlements, readVotes } from './bounty-reader.ts'
import { Ledger } from './ledger.ts'
import type { ChainBlock, MarketRecord } from './market-record.ts'
import { endedBounties, isNamedAfter, namesAfter, namesOf } from './named-content.ts'
import { openMarket } from './open-bounties.ts'

const AUTHOR = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
const WINDOW = 10
const directory = mkdtempSync(join(tmpdir(), 'ledger-'))
const opened: Ledger[] = []
let files = 0

function open(): Ledger {
  const identity = { chainId: 1338, bountyRegistry: AUTHOR, genesisHash: `0x${'00'.repeat(32)}` } as const
  const ledger = Ledger.open(join(directory, `${files++}.sqlite`), identity)
  opened.push(ledger)
  return ledger
}
afterEach(() => {
  for (const ledger of opened.splice(0)) ledger.close()
})

const guidOf = (n: number): Guid => guidFromUint128(BigInt(n))

/** A bounty as its block tells of it. */
function posted(n: number, expiration: number): MarketRecord[] {
  const guid = guidOf(n)
  const fees = { bountyFee: 1n, assertionFee: 1n, assertionRevealWindow: WINDOW, arbiterVoteWindow: WINDOW }
  return [
    { kind: 'bounty', guid, artifactType: 'file', author: AUTHOR, amount: 1n, uri: 'Qm', expiration, metadata: '' },
    { kind: 'terms', guid, numArtifacts: 1, bloom: '0'.repeat(512), ...fees, arbiterCount: 1 },
  ]
}

/** All that can happen to a bounty afterwards. */
function followed(n: number): MarketRecord[] {
  const guid = guidOf(n)
  const one = { guid, author: AUTHOR, index: 0, numArtifacts: 1 } as const
  return [
    { kind: 'assertion', ...one, bids: [1n], mask: 1n, commitment: 5n },
    { kind: 'reveal', ...one, nonce: 1n, verdicts: 1n, metadata: '' },
    { kind: 'vote', guid, voter: AUTHOR, votes: 1n, numArtifacts: 1 },
    { kind: 'quorum', guid },
    { kind: 'settlement', guid, settler: AUTHOR, payout: 1n },
  ]
}

function block(number: number, records: MarketRecord[] = [], fork = ''): ChainBlock {
  const hash = keccak256(stringToHex(`${fork} ${number}`))
  const sourced = records.map((record, logIndex) => ({ record, txhash: keccak256(numberToHex(number)), logIndex }))
  return { number, hash, parent: null, records: sourced }
}

const windows: MarketRecord = { kind: 'windows', assertionRevealWindow: WINDOW, arbiterVoteWindow: WINDOW }
const wordsOf = (ledger: Ledger, since: number | null) =>
  [...openMarket(ledger, since)].map(
    ({ event, data }) => `${event} ${JSON.parse(data).guid ?? JSON.parse(data).bounty_guid ?? ''}`,
  )

describe('what is open', () => {
  it('is every bounty that is not over, with its quorum, in the order of the log', () => {
    const ledger = open()
    ledger.append([
      block(0, [windows]),
      block(1, [...posted(1, 5), ...posted(2, 50)]),
      block(2, [...posted(3, 20), { kind: 'quorum', guid: guidOf(2) }, { kind: 'quorum', guid: guidOf(1) }]),
      block(30),
    ])
    expect(wordsOf(ledger, null)).toEqual([`bounty ${guidOf(2)}`, `bounty ${guidOf(3)}`, `quorum ${guidOf(2)}`])
  })

  it('begins with the deepest re-org since, and with whether the market is deprecated', () => {
    const ledger = open()
    ledger.append([block(0, [windows]), block(1, posted(1, 50)), block(2, [{ kind: 'deprecated', rollover: false }])])
    const { lastPosition } = ledger
    ledger.append([block(3), block(4)])
    ledger.rollback(3)
    ledger.append([block(4, [], 'b')])
    ledger.rollback(2)
    ledger.append([block(3, [], 'c')])
    const [reorg, ...rest] = [...openMarket(ledger, lastPosition)]
    expect(reorg).toMatchObject({ event: 'reorg', data: '{"number":2}' })
    expect(rest.map(({ event }) => event)).toEqual(['deprecated', 'bounty'])
    expect(wordsOf(ledger, ledger.lastPosition).some((word) => word.startsWith('reorg'))).toBe(false)
  })
})

describe('a bounty that was over for good', () => {
  it('is gone with all that was said of it, and nothing else is', () => {
    const past = fc.array(fc.record({ life: fc.integer({ min: 1, max: 40 }), settledAfter: fc.nat(60) }), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(past, fc.integer({ min: 20, max: 120 }), (bounties, before) => {
        const ledger = open()
        const at = new Map<number, MarketRecord[]>([[0, [windows]]])
        const say = (number: number, records: MarketRecord[]) => at.set(number, [...(at.get(number) ?? []), ...records])
        for (const [n, { life, settledAfter }] of bounties.entries()) {
          say(n + 1, posted(n, n + 1 + life))
          say(n + 2 + settledAfter, followed(n))
        }
        say(200, [...posted(99, 300), ...followed(99)])
        ledger.append([...at].sort(([a], [b]) => a - b).map(([number, records]) => block(number, records)))
        while (ledger.forget(before, 2) > 0);
        for (const [n, { life, settledAfter }] of bounties.entries()) {
          const isOld = n + 1 + life + 2 * WINDOW <= before && n + 2 + settledAfter <= before
          const guid = guidOf(n)
          expect(readBounty(ledger, guid) === null).toBe(isOld)
          const said = ledger.entriesAfter(0, 1e6).filter(({ data }) => data.includes(guid))
          expect(said).toHaveLength(isOld ? 0 : 6)
          expect(readAssertions(ledger, guid)).toHaveLength(isOld ? 0 : 1)
          expect(readSettlements(ledger, guid)).toHaveLength(isOld ? 0 : 1)
        }
        const left = readGuids(ledger, 0, 99)
        expect(left.at(-1)).toBe(guidOf(99))
      }),
      { numRuns: 40 },
    )
  })

  it('leaves the positions of what is kept, and says up to where something is gone', () => {
    const ledger = open()
    ledger.append([block(0, [windows]), block(1, posted(1, 2)), block(2, posted(2, 90)), block(100)])
    const kept = ledger.entriesAfter(0, 99).filter(({ data }) => data.includes(guidOf(2)))
    const gone = ledger.entriesAfter(0, 99).find(({ data }) => data.includes(guidOf(1)))?.position
    expect(ledger.forgottenPosition).toBe(0)
    expect(ledger.forget(50, 9)).toBe(1)
    expect(ledger.entriesAfter(0, 99).filter(({ data }) => data.includes(guidOf(2)))).toEqual(kept)
    expect(ledger.forgottenPosition).toBe(gone)
    const file = ledger.db.location() ?? ''
    ledger.close()
    opened.pop()
    const identity = { chainId: 1338, bountyRegistry: AUTHOR, genesisHash: `0x${'00'.repeat(32)}` } as const
    const again = Ledger.open(file, identity)
    opened.push(again)
    expect(again.forgottenPosition).toBe(gone)
  })
})

it('goes through nothing that grows with the past, whatever a ledger is asked', () => {
  const ledger = open()
  ledger.append([block(0, [windows]), block(1, [...posted(1, 5), ...followed(1)]), block(100)])
  const statements = new Set<string>()
  const { prepare } = ledger.db
  ledger.db.prepare = (sql) => {
    statements.add(sql)
    return prepare.call(ledger.db, sql)
  }
  const guid = guidOf(1)
  const page = { after: 0, limit: 5 }
  for (const phase of [undefined, 'assertion', 'reveal', 'vote', 'quorum', 'finished'] as const) {
    for (const author of [undefined, AUTHOR] as const) listBounties(ledger, { phase, author }, page)
  }
  for (const party of [undefined, AUTHOR] as const) {
    for (const of of [undefined, guid]) {
      listAssertions(ledger, { author: party, guid: of }, page)
      listVotes(ledger, { voter: party, guid: of }, page)
    }
  }
  readGuids(ledger, 0, 5)
  readVotes(ledger, guid)
  endedBounties(ledger, 0, 5)
  namesOf(ledger, guid)
  namesAfter(ledger, 5)
  isNamedAfter(ledger, 'Qm', 5)
  wordsOf(ledger, 0)
  ledger.channelEntriesAfter(guid, 0, 5)
  ledger.rollback(99)
  ledger.forget(50, 5)
  const plans = [...statements].flatMap((sql) => {
    const plan = prepare.call(ledger.db, `EXPLAIN QUERY PLAN ${sql}`)
    return (sql.includes(':next') ? plan.all({ next: 1 }) : plan.all()).map(({ detail }) => ({
      step: String(detail),
      sql,
    }))
  })
  // What changes seldom is small; and a limit ends a scan, unless it is the scan that is sorted.
  const sorted = new Set(plans.filter(({ step }) => step.includes('TEMP B-TREE')).map(({ sql }) => sql))
  const isBounded = ({ step, sql }: { step: string; sql: string }) =>
    !/^SCAN (?!CONSTANT|windows|forgotten)|INTEGER PRIMARY KEY \(rowid>/.test(step) ||
    (/LIMIT|min\(rowid\)|DELETE/.test(sql) && !sorted.has(sql))
  expect(plans.filter((plan) => !isBounded(plan))).toEqual([])
  const byParty = plans.filter(({ step, sql }) => /INDEX \w+_(author|voter)/.test(step) && /guid = \?/.test(sql))
  expect(byParty).toEqual([])
})
