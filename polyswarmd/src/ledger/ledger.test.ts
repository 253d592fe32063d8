import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { guidFromUint128 } from '@polyswarm/protocol'
import fc from 'fast-check'
import { getAddress, type Hex, keccak256, numberToHex, stringToHex } from 'viem'
import { afterEach, expect, test } from 'vitest'
import { ledgerRows } from '../../test/ledger-rows.ts'
import { Ledger, type LedgerIdentity } from './ledger.ts'
import type { ChainBlock, MarketRecord, SourcedRecord } from './market-record.ts'
import { SCHEMA_VERSION } from './schema.ts'

const AUTHOR = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
const identity: LedgerIdentity = { chainId: 1338, bountyRegistry: AUTHOR, genesisHash: `0x${'00'.repeat(32)}` }
const directory = mkdtempSync(join(tmpdir(), 'ledger-'))
let files = 0
const newFile = () => join(directory, `${files++}.sqlite`)

const opened: Ledger[] = []
function open(file = newFile()): Ledger & { file: string } {
  const ledger = Ledger.open(file, identity)
  opened.push(ledger)
  return Object.assign(ledger, { file })
}
afterEach(() => {
  for (const ledger of opened.splice(0)) if (ledger.db.isOpen) ledger.close()
})

/** What the chain may say in one block: bounties and all that follows, in numbers that repeat. */
const record = fc.oneof(
  fc.nat(5).map((n): MarketRecord => bounty(n)),
  fc.tuple(fc.nat(5), fc.nat(3)).map(([n, index]): MarketRecord => {
    const guid = guidFromUint128(BigInt(n))
    return { kind: 'assertion', guid, author: AUTHOR, index, bids: [1n], mask: 1n, numArtifacts: 1, commitment: 5n }
  }),
  fc.nat(5).map((n): MarketRecord => ({ kind: 'quorum', guid: guidFromUint128(BigInt(n)) })),
  fc.nat(5).map(
    (n): MarketRecord => ({
      kind: 'settlement',
      guid: guidFromUint128(BigInt(n)),
      settler: AUTHOR,
      payout: 2n ** 200n,
    }),
  ),
  fc.nat(5).map((n): MarketRecord => channel(n)),
  fc.tuple(fc.nat(5), fc.nat(9)).map(([n, sequence]): MarketRecord => settling(n, sequence)),
  fc.nat().map((n): MarketRecord => ({ kind: 'fees', bountyFee: BigInt(n), assertionFee: 1n })),
)
const contents = fc.array(fc.array(record, { maxLength: 3 }), { minLength: 1, maxLength: 12 })

function channel(n: number): MarketRecord {
  const address = getAddress(numberToHex(n, { size: 20 }))
  return { kind: 'channel', guid: guidFromUint128(BigInt(n)), channel: address, ambassador: AUTHOR, expert: AUTHOR }
}

function settling(n: number, sequence: number): MarketRecord {
  const did = { move: 'settling', initiator: AUTHOR, sequence: BigInt(sequence), settlementPeriodEnd: 7n } as const
  return { kind: 'channel_move', guid: guidFromUint128(BigInt(n)), did }
}

function bounty(n: number): MarketRecord {
  return {
    kind: 'bounty',
    guid: guidFromUint128(BigInt(n)),
    artifactType: 'file',
    author: AUTHOR,
    amount: 2n * 10n ** 18n,
    uri: 'Qm',
    expiration: 100,
    metadata: '',
  }
}

function blocksOf(records: readonly MarketRecord[][], from: number, fork: string): ChainBlock[] {
  return records.map((inBlock, index) => ({
    number: from + index,
    hash: keccak256(stringToHex(`${fork} ${from + index}`)),
    parent: keccak256(stringToHex(`${fork} ${from + index - 1}`)),
    records: inBlock.map(
      (one, logIndex): SourcedRecord => ({ record: one, txhash: txhash(from + index, logIndex), logIndex }),
    ),
  }))
}

const txhash = (block: number, index: number): Hex => keccak256(numberToHex(block * 1_000 + index))

/** The rows of a ledger but for the positions, and what was said of re-orgs. */
function facts(file: string) {
  const { log = [], sqlite_sequence: _sequence, ...tables } = ledgerRows(file)
  const events = (log as { event: string; row: number; position: number }[])
    .filter(({ event }) => event !== 'reorg')
    .map(({ row: _row, position: _position, ...rest }) => rest)
  return { ...tables, events }
}

test('after a rollback a ledger holds what one would that never read the blocks taken back', () => {
  fc.assert(
    fc.property(contents, contents, fc.nat(12), (first, second, kept) => {
      const common = Math.min(kept, first.length)
      const reorganised = open()
      reorganised.append(blocksOf(first, 0, 'a'))
      reorganised.rollback(common - 1)
      reorganised.append(blocksOf(second, common, 'b'))

      const straight = open()
      straight.append(blocksOf(first.slice(0, common), 0, 'a'))
      straight.append(blocksOf(second, common, 'b'))
      expect(facts(reorganised.file)).toEqual(facts(straight.file))
      expect(reorganised.head).toEqual(straight.head)
      for (const ledger of opened.splice(0)) ledger.close()
    }),
    { numRuns: 60 },
  )
}, 180_000)

test('positions only ever grow, through rollbacks and after the file was opened again', () => {
  const file = newFile()
  const seen = new Set<number>()
  let ledger = open(file)
  const note = () => {
    for (const { position } of ledger.entriesAfter(Math.max(0, ...seen), 1_000)) {
      expect(seen.has(position)).toBe(false)
      seen.add(position)
    }
    expect(ledger.lastPosition).toBe(Math.max(...seen))
  }
  for (let round = 0; round < 5; round++) {
    ledger.append(blocksOf([[bounty(round)], []], round, `fork ${round}`))
    note()
    ledger.rollback(round)
    note()
    ledger.close()
    ledger = open(file)
    expect(ledger.lastPosition).toBe(Math.max(...seen))
  }
})

test('a block that cannot be written leaves nothing of its batch, and the ledger goes on', () => {
  const ledger = open()
  ledger.append(blocksOf([[bounty(1)]], 0, 'a'))
  const before = ledgerRows(ledger.file)
  const twice = [...blocksOf([[bounty(2)]], 1, 'a'), ...blocksOf([[bounty(3)]], 0, 'a')]
  expect(() => ledger.append(twice)).toThrow()
  expect(ledgerRows(ledger.file)).toEqual(before)
  ledger.append(blocksOf([[bounty(2)]], 1, 'a'))
  expect(ledger.head?.number).toBe(1)
})

test('empty blocks far behind the head are dropped, those with events stay, and cursors go on working', () => {
  const ledger = open()
  const blocks = blocksOf(
    Array.from({ length: 12_001 }, (_, number) => (number === 7 ? [bounty(7)] : [])),
    0,
    'a',
  )
  for (let from = 0; from < blocks.length; from += 2_000) ledger.append(blocks.slice(from, from + 2_000))
  const numbers = ledger
    .entriesAfter(0, 20_000)
    .filter(({ event }) => event === 'block')
    .map(({ blockNumber }) => blockNumber)
  expect(numbers[0]).toBe(7)
  expect(numbers[1]).toBe(2_000)
  expect(numbers.at(-1)).toBe(12_000)
  expect(ledger.entriesAfter(3, 1).map(({ event }) => event)).toEqual(['bounty'])
})

test.each([
  ['chain id', { chainId: 1 }],
  ['bounty registry', { bountyRegistry: `0x${'11'.repeat(20)}` }],
  ['offer registry', { offerRegistry: `0x${'11'.repeat(20)}` }],
  ['genesis block', { genesisHash: `0x${'11'.repeat(32)}` }],
] as const)('a ledger of another %s is refused and left as it is', (field, other) => {
  const { file } = open()
  expect(() => Ledger.open(file, { ...identity, ...other })).toThrow(new RegExp(`was kept for ${field} `))
  expect(Ledger.open(file, identity).id).toBe(opened[0]?.id)
})

test('a file that is no ledger, or one of another version, is refused in one sentence', () => {
  const damaged = newFile()
  writeFileSync(damaged, 'x'.repeat(10_000))
  expect(() => Ledger.open(damaged, identity)).toThrow(/cannot be used: SQLite says/)
  const newer = newFile()
  const db = new DatabaseSync(newer)
  db.exec('PRAGMA user_version = 99')
  db.close()
  expect(() => Ledger.open(newer, identity)).toThrow(/it has version 99/)
})

test('one of an earlier version is set aside and read anew; the one that was set aside before makes room', () => {
  const file = newFile()
  for (const mark of ['first', 'second']) {
    const old = new DatabaseSync(file)
    old.exec(`PRAGMA journal_mode = WAL; CREATE TABLE ${mark} (x)`)
    old.exec(`PRAGMA user_version = ${SCHEMA_VERSION - 1}`)
    old.close()
    const ledger = Ledger.open(file, identity)
    expect(ledger.head).toBeNull()
    ledger.close()
    const aside = new DatabaseSync(`${file}.old`)
    expect(aside.prepare('SELECT name FROM sqlite_schema WHERE name = ?').get(mark)).toEqual({ name: mark })
    aside.close()
  }
})
