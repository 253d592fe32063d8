import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Guid, guidFromUint128 } from '@polyswarm/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GatewayUnavailableError, InsufficientFundsError } from '../../errors.ts'
import { account, announce, planAssertion, WINDOW } from '../journal/journal.fixture.ts'
import { Journal } from '../journal/journal.ts'
import type { MarketAction } from '../market/market-action.ts'
import type { KnownBounty, ParticipantContext } from '../roles/role.ts'
import { DutyRunner } from './duty-runner.ts'
import { DutyScheduler } from './duty-scheduler.ts'
import { KeeperWatch } from './keeper-watch.ts'

const CONCURRENCY = 8

let directory: string
let journal: Journal
let scheduler: DutyScheduler
let runner: DutyRunner
/** What was submitted, in order, and how each ends. */
let submitted: { name: string; end: (error?: Error) => void }[]
let names: Map<Guid, string>
let reconciled: Guid[]
let reconcile: (guid: Guid, signal: AbortSignal) => Promise<void>
let logs: { guid?: string; reason?: string; msg: string }[]
let mustDecide: boolean
let keepers: boolean
/** When the daemon answers whoever hands over. */
let answer: Promise<void> | undefined
let handedOver: string[]
let now: number
let loopLoad: number
let decide: (bounty: KnownBounty, signal: AbortSignal) => Promise<void>

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'scheduler-'))
  journal = Journal.open(join(directory, 'journal.sqlite'), { account, role: 'microengine' })
  submitted = []
  names = new Map()
  reconciled = []
  reconcile = async (guid) => void reconciled.push(guid)
  logs = []
  mustDecide = false
  keepers = false
  answer = undefined
  handedOver = []
  now = 0
  loopLoad = 0
  decide = async ({ guid }) => journal.bounties.decide(guid, 'assert', 'done')
  scheduler = newScheduler()
})

afterEach(async () => {
  await scheduler.close()
  journal.close()
  rmSync(directory, { recursive: true })
})

/** A scheduler whose transactions are on their way until the test says otherwise. */
function newScheduler(): DutyScheduler {
  const sender = {
    submit: (guid: Guid, { kind }: MarketAction, _head: number, signal: AbortSignal) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => reject(signal.reason))
      const end = (error?: Error) => (error ? reject(error) : resolve())
      submitted.push({ name: `${kind} ${names.get(guid)}`, end })
      return promise
    },
  }
  const logger = pino({ level: 'info' }, { write: (line: string) => void logs.push(JSON.parse(line)) })
  const context = { journal, logger, terms: {} } as unknown as ParticipantContext
  const uploader = { store: async () => '' }
  runner = new DutyRunner({
    journal,
    logger,
    account: `0x${'11'.repeat(20)}`,
    keepers: new KeeperWatch(() => 1_000),
    client: {
      handOver: async (guid: Guid) => {
        handedOver.push(String(names.get(guid)))
        await answer
        return { revealed: false, keepers }
      },
    },
    uploader,
    parameters: { current: async () => ({ bounty_fee: 1n }) },
    sender,
    reconcile: (guid: Guid, signal: AbortSignal) => reconcile(guid, signal),
    missed: () => undefined,
  } as never)
  const role = {
    mustDecide,
    workload: () => 1,
    decideBy: ({ expiration }: { expiration: number }) => expiration - 5,
    decide: async (bounty: KnownBounty, signal: AbortSignal) => {
      await decide(bounty, signal)
      return true
    },
  }
  return new DutyScheduler({
    decisions: role,
    context,
    runner,
    concurrency: CONCURRENCY,
    now: () => now,
    loopLoad: () => loopLoad,
  })
}

/** A new block comes. */
function block(number: number): void {
  now += 500
  journal.head = number
  scheduler.advance()
}

/** A bounty that this account has asserted on. */
function asserted(name: string, expiration: number): Guid {
  const guid = planAssertion(journal, expiration)
  names.set(guid, name)
  journal.bounties.setPosted(guid, 0, 2)
  return guid
}

const sent = () => submitted.map(({ name }) => name)
const until = (count: number) => vi.waitFor(() => expect(submitted.length).toBeGreaterThanOrEqual(count), 60_000)

describe('reveals and votes', () => {
  it('go at once, the nearest deadline first, while as many settlements as there may be hang', async () => {
    journal.head = 29
    for (let i = 0; i < 40; i++) journal.bounties.setRevealed(asserted(`old ${i}`, 30 - 2 * WINDOW), 15)
    for (let i = 0; i < 30; i++) asserted(`late ${i}`, 31)
    asserted('soon', 30)
    scheduler.rebuild()
    await until(12)
    expect(sent().every((name) => name.startsWith('settle old'))).toBe(true)
    const settlements = submitted.length

    block(31)
    await until(settlements + 16)
    expect(sent()[settlements]).toBe('reveal soon')
    // One leaves for each that is done, and none of them waits for a settlement.
    for (let next = settlements; next < settlements + 31; next++) {
      await until(next + 1)
      submitted[next]?.end()
    }
    await vi.waitFor(() => expect(sent().filter((name) => name.startsWith('reveal'))).toHaveLength(31), 60_000)
    expect(sent().filter((name) => name.startsWith('settle'))).toHaveLength(settlements)
  })

  it('are handed over to a keeper before any is sent that has time left, however late it is', async () => {
    keepers = true
    journal.head = 25
    for (let i = 0; i < 40; i++) asserted(`${i}`, 20)
    scheduler.rebuild()
    await vi.waitFor(() => expect(handedOver).toHaveLength(40), 60_000)
    expect(sent()).toEqual([])
    for (let i = 0; i < 5; i++) scheduler.refresh(asserted(`new ${i}`, 26))
    block(26)
    await until(16)
    expect(handedOver.slice(40).sort()).toEqual(['new 0', 'new 1', 'new 2', 'new 3', 'new 4'])
    expect(sent().every((name) => /^reveal \d+$/.test(name))).toBe(true)
  })

  it('are sent before others are handed over where this is the last block for it', async () => {
    keepers = true
    journal.head = 26
    asserted('last', 20)
    scheduler.rebuild()
    await vi.waitFor(() => expect(handedOver).toEqual(['last']), 60_000)
    const { promise, resolve } = Promise.withResolvers<void>()
    answer = promise
    for (let i = 0; i < 30; i++) scheduler.refresh(asserted(`new ${i}`, 28))
    block(28)
    await until(1).finally(resolve)
    expect(sent()).toEqual(['reveal last'])
  })

  it('are sent beside it where there is no time left to wait for a keeper', async () => {
    keepers = true
    journal.head = 28
    asserted('last', 20)
    scheduler.rebuild()
    await until(1)
    expect(handedOver).toEqual(['last'])
    expect(sent()).toEqual(['reveal last'])
  })

  it('keep decisions from being begun for as long as one of them waits for a worker', async () => {
    journal.head = 20
    const undecided = announce(journal, 90)
    const seen: Guid[] = []
    decide = async ({ guid }) => {
      seen.push(guid)
      journal.bounties.decide(guid, 'abstain', 'done')
    }
    for (let i = 0; i < 17; i++) asserted(`${i}`, 20)
    scheduler.rebuild()
    await until(16)
    expect(seen).toEqual([])
    submitted[0]?.end()
    await vi.waitFor(() => expect(seen).toEqual([undecided]), 60_000)
  })
})

describe('a program that has its hands full', () => {
  it('decides on one bounty at a time, and on more once it has time again', async () => {
    loopLoad = 0.95
    journal.head = 20
    const ends: (() => void)[] = []
    decide = async ({ guid }) => {
      await new Promise<void>((resolve) => ends.push(resolve))
      journal.bounties.decide(guid, 'abstain', 'done')
    }
    for (let i = 0; i < 4; i++) announce(journal, 90)
    scheduler.rebuild()
    await vi.waitFor(() => expect(ends).toHaveLength(1), 60_000)
    block(21)
    expect(ends).toHaveLength(1)
    ends[0]?.()
    await vi.waitFor(() => expect(ends).toHaveLength(2), 60_000)

    loopLoad = 0.5
    block(22)
    await vi.waitFor(() => expect(ends.length).toBeGreaterThan(2), 60_000)
    for (let i = 0; i < 4; i++) await vi.waitFor(() => expect(ends[i]?.()).toBeUndefined(), 60_000)
  })

  it('says so of those that it had no time for', async () => {
    loopLoad = 0.95
    journal.head = 20
    decide = async (_, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    for (let i = 0; i < 2; i++) announce(journal, 30)
    scheduler.rebuild()
    block(26)
    await vi.waitFor(() => expect(logs.some(({ reason }) => reason?.includes('busy 95 %'))).toBe(true), 60_000)
  })
})

describe('a duty', () => {
  it('is done once, whatever changes about its bounty meanwhile', async () => {
    journal.head = 20
    const guid = asserted('one', 20)
    for (let i = 0; i < 5; i++) scheduler.refresh(guid)
    scheduler.rebuild()
    block(21)
    await until(1)
    expect(sent()).toEqual(['reveal one'])
  })

  it('that could not be tried is tried again with the next block, or after a moment without one', async () => {
    journal.head = 20
    asserted('one', 20)
    scheduler.rebuild()
    for (let tries = 1; tries <= 3; tries++) {
      await until(tries)
      submitted.at(-1)?.end(new GatewayUnavailableError({ url: 'http://a', reason: 'gone' }))
      await vi.waitFor(() => expect(logs.filter(({ msg }) => msg === 'will try again')).toHaveLength(tries), 60_000)
      expect(submitted).toHaveLength(tries)
      scheduler.advance()
    }
    await until(4)
  })

  it('that has failed waits for a pause of blocks, and is done again after it', async () => {
    journal.head = 20
    const guid = asserted('one', 20)
    scheduler.rebuild()
    await until(1)
    journal.duties.attempt(guid, 'reveal', 20)
    journal.duties.attempt(guid, 'reveal', 20)
    submitted[0]?.end()
    block(21)
    await scheduler.idle()
    expect(sent()).toHaveLength(1)
    block(23)
    await until(2)
  })

  it('whose transaction can still be mined is left alone until that is known', async () => {
    journal.head = 20
    const guid = asserted('one', 20)
    const hash = `0x${'1'.repeat(64)}` as const
    journal.outbox.add([{ guid, kind: 'reveal', attempt: 1, nonce: 1, hash, raw: '0x', head: 20 }])
    scheduler.rebuild()
    for (const head of [21, 29, 40, 60]) block(head)
    expect(sent()).toEqual([])
    journal.outbox.setState(1, 'failed', 60)
    runner.suspect(guid)
    scheduler.refresh(guid)
    await vi.waitFor(() => expect(journal.duties.get(guid, 'reveal').missed).toBe(true), 60_000)
    expect(reconciled).toContain(guid)
  })

  it('that is late is written off once the ledger was asked, and the bounty is looked at no more', async () => {
    const guid = planAssertion(journal, 20)
    block(30)
    scheduler.rebuild()
    await vi.waitFor(() => expect(journal.duties.get(guid, 'assert').missed).toBe(true), 60_000)
    expect(reconciled).toEqual([guid])
    await vi.waitFor(() => expect(journal.bounties.standings()).toEqual([]), 60_000)
  })

  it('that the ledger knows no more of than the journal is asked about once a block', async () => {
    const guid = asserted('one', 20)
    const hash = `0x${'1'.repeat(64)}` as const
    journal.outbox.add([{ guid, kind: 'reveal', attempt: 1, nonce: 1, hash, raw: '0x', head: 20 }])
    journal.outbox.setState(1, 'mined', 20)
    journal.head = 21
    scheduler.rebuild()
    for (const head of [22, 23, 24]) {
      block(head)
      await scheduler.idle()
    }
    expect(reconciled).toEqual([guid, guid, guid, guid])
  })
})

describe('a comparison with the chain', () => {
  it('is made of one bounty after another, and holds up nothing that is due', async () => {
    journal.head = 20
    const guids = ['a', 'b', 'c'].map((name) => asserted(name, 20))
    const asked: { guid: Guid; end: (error?: Error) => void }[] = []
    reconcile = (guid, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => reject(signal.reason))
      asked.push({ guid, end: (error) => (error ? reject(error) : resolve()) })
      return promise
    }
    scheduler.rebuild()
    expect(scheduler.compareAll()).toBe(3)
    await until(3)
    expect(asked.map(({ guid }) => guid)).toEqual(guids.slice(0, 1))
    // Blocks that are taken back take no comparison with them; what is asked for meanwhile is made again.
    scheduler.rebuild()
    expect(scheduler.compareAll()).toBe(3)
    let isIdle = false
    const idle = scheduler.idle().then(() => {
      isIdle = true
    })
    for (let next = 0; next < 4; next++) {
      await vi.waitFor(() => expect(asked).toHaveLength(next + 1))
      expect(isIdle).toBe(false)
      asked[next]?.end(next === 1 ? new GatewayUnavailableError({ url: 'http://x', reason: 'gone' }) : undefined)
    }
    for (const { end } of submitted) end()
    await idle
    expect(asked.map(({ guid }) => guid).sort()).toEqual([...guids, guids[0]].sort())
    expect(logs).toContainEqual(expect.objectContaining({ duty: 'compare', msg: 'will try again' }))
    // One that failed is made again with the next block, and given up with all else at the end.
    block(21)
    await vi.waitFor(() => expect(asked).toHaveLength(5))
    expect(asked[4]?.guid).toBe(asked[1]?.guid)
  })

  it('that waits at the end is not waited for', async () => {
    journal.head = 20
    for (const name of ['a', 'b']) asserted(name, 40)
    reconcile = (_guid, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    scheduler.compareAll()
    const idle = scheduler.idle()
    await scheduler.close()
    await idle
  })
})

describe('what does not follow from a bounty', () => {
  it('is done once however often it is asked for, and again only where it failed, after its pause', async () => {
    journal.head = 5
    const guid = guidFromUint128(7n)
    const order = { guid, batch: 1, source: '', artifactType: 'file', duration: 5 } as const
    journal.plannedBounties.add(order)
    journal.plannedBounties.prepare(guid, { amount: 1n, bountyFee: 1n, uri: 'Qm', addresses: [], metadata: '' })
    names.set(guid, 'mine')
    scheduler.rebuild()
    for (let i = 0; i < 3; i++) scheduler.request(guid, 'post')
    await until(1)
    scheduler.request(guid, 'post')
    block(6)
    journal.duties.attempt(guid, 'post', 6)
    submitted[0]?.end()
    await scheduler.idle()
    scheduler.request(guid, 'post')
    await scheduler.idle()
    expect(sent()).toEqual(['post mine'])
    block(7)
    scheduler.request(guid, 'post')
    await until(2)
  })
})

describe('a bounty that cannot be decided on for now', () => {
  it('is tried again with each block, and in the end skipped with the reason that there was last', async () => {
    const guid = announce(journal, 10)
    let tries = 0
    decide = async () => {
      tries++
      throw new InsufficientFundsError({ purpose: `Try ${tries}`, needed: 1n, balance: 0n })
    }
    journal.head = 2
    scheduler.rebuild()
    for (const head of [2, 3, 4, 5, 6, 7]) {
      block(head)
      await scheduler.idle()
    }
    expect(tries).toBe(4)
    expect(journal.bounties.get(guid)?.decision).toBe('abstain')
    expect(logs).toMatchObject([
      { msg: 'could not decide, will try again', reason: expect.stringMatching(/^Try 1/) },
      { msg: 'abstained', reason: expect.stringMatching(/^there was no time left to decide: Try 4/) },
    ])
  })
})

describe('with more open bounties than can be decided on', () => {
  it('who must decide takes the most urgent first, and each that is skipped is written down with its reason', async () => {
    mustDecide = true
    scheduler = newScheduler()
    const deadlines = new Map<Guid, number>()
    // Announced in no order; a decision takes a block.
    for (let i = 0; i < 400; i++) {
      const expiration = 8 + ((i * 37) % 40)
      deadlines.set(announce(journal, expiration, guidFromUint128(BigInt(i))), expiration)
    }
    const order: Guid[] = []
    let running: (() => void)[] = []
    decide = async ({ guid }) => {
      order.push(guid)
      const { promise, resolve } = Promise.withResolvers<void>()
      running.push(resolve)
      await promise
      journal.bounties.decide(guid, 'assert', 'done')
    }
    scheduler.rebuild()
    for (let head = 1; head <= 60; head++) {
      block(head)
      expect(running.length).toBeLessThanOrEqual(CONCURRENCY)
      const batch = running
      running = []
      for (const done of batch) done()
      await new Promise(setImmediate)
    }
    await vi.waitFor(() => {
      for (const done of running.splice(0)) done()
      expect(journal.bounties.undecided(0).count).toBe(0)
    }, 60_000)
    const urgency = order.map((guid) => deadlines.get(guid) ?? 0)
    expect(urgency).toEqual([...urgency].sort((a, b) => a - b))
    expect(order.length).toBeGreaterThan(100)
    const said = logs.filter(({ msg }) => msg === 'abstained')
    expect(said).toHaveLength(400 - order.length)
    for (const { reason } of said) expect(reason).toMatch(/^there was no time left to decide/)
  })

  it('one that hangs is cut off at its deadline and does not keep its place', async () => {
    const slow = announce(journal, 10)
    const seen: string[] = []
    decide = ({ guid }, signal) => {
      seen.push(guid)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    journal.head = 1
    scheduler.rebuild()
    block(5)
    expect(seen).toEqual([slow])
    block(6)
    await vi.waitFor(() => expect(journal.bounties.get(slow)?.decision).toBe('abstain'), 60_000)
  })

  it('a bounty that is announced again is not decided again', async () => {
    const guid = announce(journal, 50)
    let decisions = 0
    decide = async (bounty) => {
      decisions++
      journal.bounties.decide(bounty.guid, 'abstain', 'done')
    }
    for (let head = 1; head < 10; head++) {
      announce(journal, 50, guid)
      block(head)
      scheduler.refresh(guid)
      await vi.waitFor(() => expect(journal.bounties.get(guid)?.decision).toBe('abstain'), 60_000)
    }
    expect(decisions).toBe(1)
  })
})
