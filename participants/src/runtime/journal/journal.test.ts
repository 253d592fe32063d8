import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Guid, type MarketEvent, newGuid } from '@polyswarm/protocol'
import * as fc from 'fast-check'
import { pino } from 'pino'
import { type Address, getAddress, type Hex } from 'viem'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { JournalLockedError, MarketMismatchError } from '../../errors.ts'
import { recordEvent } from '../reconciliation/market-facts.ts'
import { Journal } from './journal.ts'
import { JOURNAL_STEPS } from './journal-schema.ts'

const account: Address = getAddress(`0x${'a'.repeat(40)}`)
const other: Address = getAddress(`0x${'b'.repeat(40)}`)
const owner = { account, role: 'microengine' }
const market = { chainId: 1338, nectarToken: account, arbiterStaking: account, bountyRegistry: account }
const logger = pino({ level: 'silent' })
const txhash: Hex = `0x${'0'.repeat(64)}`

let directory: string
let path: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'journal-'))
  path = join(directory, 'below', 'journal.sqlite')
})

afterEach(async () => {
  await rm(directory, { recursive: true })
})

function bounty(guid: Guid, block: number, cursor: string): MarketEvent {
  return {
    event: 'bounty',
    block_number: block,
    txhash,
    cursor,
    data: {
      guid,
      author: other,
      artifact_type: 'file',
      amount: 2n as never,
      uri: 'Qm',
      expiration: BigInt(block + 20) as never,
      metadata: null,
    },
  }
}

function assertion(guid: Guid, block: number, commitment: bigint): MarketEvent {
  const data = { bounty_guid: guid, author: account, index: 4, bid: [], mask: [], commitment: commitment as never }
  return { event: 'assertion', block_number: block, txhash, cursor: `L-${block}`, data }
}

function record(journal: Journal, event: MarketEvent): void {
  recordEvent({ journal, account, logger, wants: () => true }, event)
}

function plan(journal: Journal, guid: Guid): void {
  const bids = [10n ** 17n]
  journal.bounties.plan({
    guid,
    nonce: 7n,
    verdicts: 1n,
    mask: 1n,
    bids,
    fee: 5n,
    metadata: '[]',
    revealMetadata: 'Qm',
    commitment: 99n,
  })
  journal.bounties.decide(guid, 'assert', '1 of 1')
}

describe('a journal', () => {
  it('is for one process at a time, one account and one role', () => {
    const journal = Journal.open(path, owner)
    expect(() => Journal.open(path, owner)).toThrow(JournalLockedError)
    journal.close()
    expect(() => Journal.open(path, { ...owner, role: 'arbiter' })).toThrow(/belongs to role microengine/)
    expect(() => Journal.open(path, { ...owner, account: other })).toThrow(/belongs to account/)
    Journal.open(path, owner).close()
  })

  it('says so when it is something else', async () => {
    const broken = join(directory, 'broken.sqlite')
    await writeFile(broken, 'no database at all, but a text of some length')
    expect(() => Journal.open(broken, owner)).toThrow(/Cannot use journal .*broken\.sqlite/)
  })

  it('pins one market for good', () => {
    const journal = Journal.open(path, owner)
    journal.pinMarket(market)
    journal.close()
    const again = Journal.open(path, owner)
    expect(again.market).toEqual(market)
    expect(() => again.pinMarket({ ...market, bountyRegistry: other })).toThrow(MarketMismatchError)
    again.close()
  })

  it('holds an event with its effects and its cursor, or neither', () => {
    const journal = Journal.open(path, owner)
    const guid = newGuid()
    record(journal, bounty(guid, 10, 'L-1'))
    const other = new DatabaseSync(path)
    // The cursor is written last.
    other.exec("CREATE TRIGGER killer BEFORE INSERT ON pins BEGIN SELECT RAISE(ABORT, 'killed here'); END")
    expect(() => record(journal, bounty(newGuid(), 11, 'L-2'))).toThrow(/killed here/)
    other.close()
    expect(journal.cursor).toBe('L-1')
    expect(journal.bounties.standings()).toHaveLength(1)
    journal.close()
  })

  it('is the same after every event that comes twice', () => {
    const journal = Journal.open(path, owner)
    const guid = newGuid()
    const events: MarketEvent[] = [
      bounty(guid, 10, 'L-1'),
      assertion(guid, 12, 99n),
      { event: 'quorum', block_number: 60, txhash, cursor: 'L-5', data: { bounty_guid: guid } },
    ]
    for (const event of events) record(journal, event)
    plan(journal, guid)
    for (const event of [...events, ...events]) record(journal, event)
    expect(journal.bounties.assertion(guid)).toMatchObject({ position: 4, nonce: 7n, revealed: false })
    expect(journal.bounties.standings()).toMatchObject([{ guid, quorum: true, decision: 'assert' }])
    journal.close()
  })

  it('does not take an assertion with another commitment for its own', () => {
    const journal = Journal.open(path, owner)
    const guid = newGuid()
    record(journal, bounty(guid, 10, 'L-1'))
    plan(journal, guid)
    record(journal, assertion(guid, 12, 100n))
    expect(journal.bounties.assertion(guid)?.position).toBeNull()
    journal.close()
  })

  it('takes back what lost blocks said, and never a nonce', () => {
    const journal = Journal.open(path, owner)
    const guid = newGuid()
    record(journal, bounty(guid, 10, 'L-1'))
    plan(journal, guid)
    record(journal, assertion(guid, 12, 99n))
    journal.bounties.setRevealed(guid, 31)
    journal.bounties.setSettled(guid, 70, 3n)
    journal.bounties.close(guid, 70)
    const reorg = (number: number) => record(journal, { event: 'reorg', data: { number }, cursor: `L-r${number}` })

    reorg(50)
    expect(journal.bounties.standings()).toMatchObject([{ guid, settled: false }])
    expect(journal.bounties.assertion(guid)).toMatchObject({ position: 4, revealed: true })
    reorg(20)
    expect(journal.bounties.assertion(guid)).toMatchObject({ position: 4, revealed: false })
    reorg(5)
    expect(journal.bounties.assertion(guid)).toMatchObject({ position: null, nonce: 7n, verdicts: 1n })
    expect(journal.bounties.standings()).toMatchObject([{ guid, decision: 'assert', windows: null }])
    expect(journal.head).toBe(5)
    journal.close()
  })

  it('takes a transaction for mined whose effect the chain tells of, with its approval, until the block is lost', () => {
    const journal = Journal.open(path, owner)
    const guid = newGuid()
    record(journal, bounty(guid, 10, 'L-1'))
    plan(journal, guid)
    const entry = { guid, kind: 'assert', raw: '0x', head: 10 } as const
    const hashes = ['01', '02', '03', '00'].map((end) => `0x${end.padStart(64, '0')}` as const)
    const send = (attempt: number, nonce: number) => ({ ...entry, attempt, nonce, hash: hashes[nonce] ?? txhash })
    journal.writeDurably(() => journal.outbox.add([send(1, 0), send(2, 1), send(2, 3)]))
    journal.write(() => journal.outbox.add([{ ...send(3, 2), guid: newGuid() }]))
    const waiting = () => journal.outbox.unsettled(99).map(({ nonce }) => nonce)
    expect(waiting()).toEqual([0, 1, 2, 3])
    record(journal, assertion(guid, 12, 99n))
    expect(waiting()).toEqual([0, 2])
    expect(journal.outbox.lastAttempt(guid, 'assert')).toEqual({ state: 'mined' })
    record(journal, { event: 'reorg', data: { number: 11 }, cursor: 'L-13' })
    expect(waiting()).toEqual([0, 1, 2, 3])
    expect(() => journal.write(() => journal.writeDurably(() => undefined))).toThrow(TypeError)
    journal.close()
  })

  it('counts what is promised until the chain has taken it', () => {
    const journal = Journal.open(path, owner)
    const guid = newGuid()
    record(journal, bounty(guid, 10, 'L-1'))
    plan(journal, guid)
    expect(journal.bounties.promised()).toBe(10n ** 17n + 5n)
    record(journal, assertion(guid, 12, 99n))
    expect(journal.bounties.promised()).toBe(0n)
    journal.close()
  })

  it('opens in the state of the last commit, wherever it was copied in between', () => {
    const amounts = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 25 })
    let run = 0
    fc.assert(
      fc.property(amounts, fc.nat(), (steps, cut) => {
        const name = join(directory, `run${run++}.sqlite`)
        const journal = Journal.open(name, owner)
        const crash = cut % steps.length
        let expected: (string | undefined)[] = []
        steps.forEach((step, index) => {
          const guid = newGuid()
          if (step === 0) record(journal, bounty(guid, index, `L-${index}`))
          if (step === 1) record(journal, { event: 'block', data: { number: index }, cursor: `L-${index}` })
          if (step === 2) {
            const entry = { guid, kind: 'settle', attempt: 1, nonce: index, raw: txhash, head: index } as const
            journal.outbox.add([{ ...entry, hash: `0x${index.toString(16).padStart(64, '0')}` }])
          }
          if (index !== crash) return
          expected = [journal.cursor, `${journal.bounties.standings().length}`, `${journal.outbox.unsettled(0).length}`]
          for (const end of ['', '-wal']) if (existsSync(name + end)) copyFileSync(name + end, `${name}.crash${end}`)
        })
        journal.close()
        const copy = Journal.open(`${name}.crash`, owner)
        const found = [copy.cursor, `${copy.bounties.standings().length}`, `${copy.outbox.unsettled(0).length}`]
        copy.close()
        expect(found).toEqual(expected)
      }),
      { numRuns: 25 },
    )
  })

  it('of the first version is taken over with all that it holds, and one of a later version is refused', () => {
    mkdirSync(join(directory, 'below'))
    const guid = newGuid()
    const old = new DatabaseSync(path)
    old.exec(JOURNAL_STEPS[0] ?? '')
    old.exec('PRAGMA user_version = 1')
    const pin = old.prepare('INSERT INTO pins (key, value) VALUES (?, ?)')
    for (const [key, value] of Object.entries(owner)) pin.run(key, value)
    const insert = old.prepare(
      'INSERT INTO assertions (guid, nonce, verdicts, mask, bids, fee, metadata, commitment) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    insert.run(guid, '77', '1', '1', '["5"]', '1', '[]', '9')
    old.prepare('INSERT INTO orders (guid, batch, source, duration) VALUES (?, 4, ?, 25)').run(guid, 'eicar')
    old.close()
    const journal = Journal.open(path, owner)
    expect(journal.bounties.assertion(guid)).toMatchObject({
      ...{ nonce: 77n, bids: [5n], position: null, revealMetadata: null },
    })
    expect(journal.bounties.atRisk(0)).toEqual({ total: 0n, recent: 0n })
    expect(journal.plannedBounties.get(guid)).toMatchObject({ batch: 4, source: 'eicar', artifactType: 'file' })
    const url = newGuid()
    journal.plannedBounties.add({ guid: url, batch: 5, source: '[]', artifactType: 'url', duration: 25 })
    expect(journal.plannedBounties.waiting(9)).toMatchObject([{ guid }, { guid: url, batch: 5, artifactType: 'url' }])
    journal.close()
    const later = new DatabaseSync(path)
    later.exec('PRAGMA user_version = 99')
    later.close()
    expect(() => Journal.open(path, owner)).toThrow(/version 99/)
  })

  it('knows what is at risk, in all and lately, until it is settled', () => {
    const journal = Journal.open(path, owner)
    const [first, second] = [newGuid(), newGuid()]
    for (const [guid, at] of [
      [first, 1_000],
      [second, 5_000],
    ] as const) {
      record(journal, bounty(guid, 1, `L-${at}`))
      const terms = {
        nonce: 1n,
        verdicts: 1n,
        mask: 1n,
        bids: [10n],
        fee: 1n,
        metadata: '[]',
        revealMetadata: '',
        commitment: BigInt(at),
      }
      journal.bounties.plan({ guid, ...terms }, at)
    }
    expect(journal.bounties.atRisk(2_000)).toEqual({ total: 20n, recent: 10n })
    journal.bounties.setSettled(first, 9, 15n)
    expect(journal.bounties.atRisk(2_000)).toEqual({ total: 10n, recent: 10n })
    journal.close()
  })

  it('learns what was true, and forgets it with the blocks that said so', () => {
    const journal = Journal.open(path, owner)
    const guid = newGuid()
    record(journal, bounty(guid, 1, 'L-1'))
    const said = {
      artifact: 0,
      backend: 'a',
      outcome: 'malicious',
      confidence: 1,
      probability: null,
      family: null,
      fileType: 'pe',
    }
    journal.findings.record(guid, [said, { ...said, backend: '' }])
    journal.bounties.decide(guid, 'abstain', 'for this test')
    expect(journal.findings.unlearned(9)).toEqual([])
    journal.bounties.setQuorum(guid, 30)
    journal.bounties.close(guid, 30)
    expect(journal.findings.unlearned(9)).toEqual([guid])
    journal.findings.learn(guid, 31, 1n, [{ author: other, mask: 1n, bids: [4n], verdicts: 0n }])
    expect(journal.findings.unlearned(9)).toEqual([])
    const counted = { judge: 'a', fileType: 'pe', said: 'malicious', malicious: true, count: 1 }
    expect(journal.findings.counts()).toEqual([{ ...counted, judge: '' }, counted])
    journal.forgetAbove(29)
    expect(journal.findings.counts()).toEqual([])
    journal.close()
  })
})
