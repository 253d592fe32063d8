import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Guid, guidFromUint128 } from '@polyswarm/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EngineBusyError } from '../errors.ts'
import { DecisionDesk } from './decision-desk.ts'
import { account, announce } from './journal.fixture.ts'
import { Journal } from './journal.ts'
import type { KnownBounty, ParticipantContext, Role } from './role.ts'

const CONCURRENCY = 8

let directory: string
let journal: Journal
let behind: boolean
let logs: { guid?: string; reason?: string; msg: string }[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'desk-'))
  journal = Journal.open(join(directory, 'journal.sqlite'), { account, role: 'microengine' })
  logs = []
  behind = false
})

afterEach(() => {
  journal.close()
  rmSync(directory, { recursive: true })
})

/** A desk whose role takes a block to decide. */
function deskOf(decide: (bounty: KnownBounty, signal: AbortSignal) => Promise<void>): DecisionDesk {
  const decideBy = ({ expiration }: KnownBounty) => expiration - 5
  const role = { decideBy, foresee: () => undefined, decide } as unknown as Role
  const logger = pino({ level: 'info' }, { write: (line: string) => void logs.push(JSON.parse(line)) })
  const context = { journal, logger } as unknown as ParticipantContext
  return new DecisionDesk({ role, context, concurrency: CONCURRENCY, isBehind: () => behind, decided: () => undefined })
}

describe('what cannot be decided for now', () => {
  it('is tried again with each block, and in the end skipped with the reason that there was last', async () => {
    const guid = announce(journal, 10)
    let tries = 0
    const desk = deskOf(async () => {
      tries++
      throw new EngineBusyError({ due: 40 + tries, expiration: 10, delay: 1 })
    })
    for (const head of [2, 2, 3, 4, 5, 6, 7]) {
      desk.review(head)
      await desk.idle()
    }
    expect(tries).toBe(4)
    expect(journal.bounties.get(guid)?.decision).toBe('abstain')
    expect(logs).toMatchObject([
      { msg: 'could not decide, will try again', reason: expect.stringMatching(/^41 assertions/) },
      { msg: 'abstained', reason: expect.stringMatching(/^there was no time left to decide: 44 assertions are to be/) },
    ])
  })
})

describe('while duties with a deadline wait', () => {
  it('nothing new is begun, and what expires meanwhile is skipped with its reason', async () => {
    const [first, last] = [announce(journal, 10), announce(journal, 90)]
    const decided: Guid[] = []
    const desk = deskOf(async ({ guid }) => void decided.push(guid))
    behind = true
    desk.consider(last, 2)
    desk.review(2)
    await desk.idle()
    expect(decided).toEqual([])
    behind = false
    desk.review(40)
    await desk.idle()
    expect(decided).toEqual([last])
    expect(logs).toMatchObject([{ guid: first, reason: 'there was no time left to decide' }])
  })
})

describe('with more open bounties than can be decided on', () => {
  it('the most urgent come first, and each that is skipped is written down with its reason', async () => {
    const deadlines = new Map<Guid, number>()
    // Announced in no order; eight at a time, one block each, are possible until the last is due.
    for (let i = 0; i < 400; i++) {
      const expiration = 8 + ((i * 37) % 40)
      deadlines.set(announce(journal, expiration, guidFromUint128(BigInt(i))), expiration)
    }
    const order: Guid[] = []
    let running: (() => void)[] = []
    const desk = deskOf(async ({ guid }) => {
      order.push(guid)
      const { promise, resolve } = Promise.withResolvers<void>()
      running.push(resolve)
      await promise
      journal.bounties.decide(guid, 'assert', 'done')
    })
    for (let head = 1; head <= 60; head++) {
      desk.review(head)
      expect(running.length).toBeLessThanOrEqual(CONCURRENCY)
      const batch = running
      running = []
      for (const done of batch) done()
      await vi.waitFor(() =>
        expect(journal.bounties.standings().filter(({ decision }) => decision === 'assert')).toHaveLength(order.length),
      )
    }
    const urgency = order.map((guid) => deadlines.get(guid) ?? 0)
    expect(urgency).toEqual([...urgency].sort((a, b) => a - b))
    const answered = journal.bounties.standings().filter(({ decision }) => decision === 'assert').length
    const skipped = journal.bounties.standings().filter(({ decision }) => decision === 'abstain').length
    // From block 1 to the last deadline at 42 the desk was never idle.
    expect(answered).toBeGreaterThanOrEqual(40 * CONCURRENCY)
    expect(answered + skipped).toBe(400)
    const said = logs.filter(({ msg }) => msg === 'abstained')
    expect(said).toHaveLength(skipped)
    for (const { reason } of said) expect(reason).toBe('there was no time left to decide')
  })

  it('one that hangs is cut off at its deadline and does not keep its place', async () => {
    const slow = announce(journal, 10)
    const seen: string[] = []
    const desk = deskOf(({ guid }, signal) => {
      seen.push(guid)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    desk.review(1)
    desk.review(5)
    expect(seen).toEqual([slow])
    desk.review(6)
    await vi.waitFor(() => expect(journal.bounties.get(slow)?.decision).toBe('abstain'))
    await desk.close()
  })

  it('a bounty that is announced again is not decided again', async () => {
    const guid = announce(journal, 50)
    let decisions = 0
    const desk = deskOf(async (bounty) => {
      decisions++
      journal.bounties.decide(bounty.guid, 'assert', 'done')
    })
    for (let head = 1; head < 10; head++) {
      announce(journal, 50, guid)
      desk.review(head)
      await vi.waitFor(() => expect(journal.bounties.get(guid)?.decision).toBe('assert'))
    }
    expect(decisions).toBe(1)
  })
})
