import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Guid, newGuid } from '@polyswarm/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keepHistory } from './history-keeper.ts'
import { account, announce, planAssertion } from './journal.fixture.ts'
import { Journal } from './journal.ts'

let directory: string
let journal: Journal

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'polyswarm-'))
  journal = Journal.open(join(directory, 'journal.sqlite'), { account, role: 'microengine' })
})

afterEach(() => {
  journal.close()
  rmSync(directory, { recursive: true })
})

/** An assertion that was settled, learned from and closed at a block. */
function settled(block: number): Guid {
  const guid = planAssertion(journal, block - 20)
  const said = { artifact: 0, outcome: 'benign', confidence: 1, probability: null, family: null, fileType: 'pe' }
  journal.findings.record(guid, [{ ...said, backend: 'a' }])
  journal.bounties.setPosted(guid, 0, block - 25)
  journal.bounties.setSettled(guid, block, 2n)
  journal.findings.learn(guid, block, 0n, [])
  journal.bounties.close(guid, block)
  sign(guid, block, 'mined')
  return guid
}

let nonce = 0
function sign(guid: Guid, head: number, state: 'mined' | 'signed'): void {
  const transaction = { guid, kind: 'settle', attempt: 1, nonce: ++nonce, hash: `0x${nonce}`, raw: '0x', head } as const
  for (const { id } of journal.outbox.add([transaction]))
    if (state === 'mined') journal.outbox.setState(id, 'mined', head)
}

describe('the history of a journal', () => {
  it('is forgotten where all is done for long, and stays counted', () => {
    const [old, recent] = [settled(100), settled(200)]
    const open = planAssertion(journal, 90)
    const counts = journal.findings.counts()
    expect(journal.history.forget(150, 9)).toBe(1)
    expect(journal.bounties.get(old)).toBeUndefined()
    expect(journal.bounties.assertion(old)).toBeUndefined()
    expect(journal.outbox.lastAttempt(old, 'settle')).toEqual({ state: 'none' })
    for (const guid of [recent, open]) expect(journal.bounties.assertion(guid)).toBeDefined()
    expect(journal.bounties.settledCount()).toBe(2)
    expect(journal.findings.counts()).toEqual(counts)
    expect(counts).toMatchObject([{ count: 2 }])
    expect(journal.history.forget(150, 9)).toBe(0)
  })

  it('keeps a transaction that can still be mined: later ones wait for its nonce', () => {
    const guid = settled(100)
    sign(guid, 100, 'signed')
    journal.history.forget(150, 9)
    expect(journal.outbox.unsettled(1_000)).toMatchObject([{ guid, state: 'signed' }])
  })

  it('forgets orders, those that were settled and those that could not be posted, and how many there were is known', () => {
    const guids = [newGuid(), newGuid(), newGuid()] as const
    for (const guid of guids) {
      journal.plannedBounties.add({ guid, batch: 1, source: '', artifactType: 'file', duration: 1 })
    }
    const [done, refused, waiting] = guids
    announce(journal, 50, done)
    journal.bounties.setSettled(done, 60, 0n)
    journal.bounties.close(done, 60)
    journal.duties.miss({ guid: refused, kind: 'post', reason: 'it is too large' }, 60)
    expect(journal.plannedBounties.progress(1)).toEqual({ planned: 3, over: 2 })
    expect(journal.history.forget(61, 9)).toBe(2)
    expect(journal.plannedBounties.get(done) ?? journal.plannedBounties.get(refused)).toBeUndefined()
    expect(journal.plannedBounties.waiting(9)).toMatchObject([{ guid: waiting }])
    expect(journal.plannedBounties.progress(1)).toEqual({ planned: 3, over: 2 })
  })

  it('is forgotten while a participant runs, as its chain grows', async () => {
    for (let block = 100; block < 150; block++) settled(block)
    const stop = new AbortController()
    const options = { journal, logger: pino({ level: 'silent' }), keptBlocks: 1_000, interval: 1 }
    const keeping = keepHistory(options, stop.signal)
    journal.head = 1_140
    await vi.waitFor(() => expect(journal.findings.bounties(99)).toHaveLength(10), 60_000)
    journal.head = 2_000
    await vi.waitFor(() => expect(journal.findings.bounties(99)).toHaveLength(0), 60_000)
    expect(journal.bounties.settledCount()).toBe(50)
    stop.abort()
    await keeping
  })
})
