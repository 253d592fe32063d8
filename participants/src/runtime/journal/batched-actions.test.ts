import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Guid, newGuid } from '@polyswarm/protocol'
import type { Hex } from 'viem'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { account, announce } from './journal.fixture.ts'
import { Journal } from './journal.ts'
import type { OutboxEntry } from './outbox.ts'

let directory: string
let journal: Journal
let guids: [Guid, Guid, Guid]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'batched-'))
  journal = Journal.open(join(directory, 'journal.sqlite'), { account, role: 'arbiter' })
  guids = [newGuid(), newGuid(), newGuid()].sort() as [Guid, Guid, Guid]
})

afterEach(() => {
  journal.close()
  rmSync(directory, { recursive: true })
})

const hashOf = (nonce: number): Hex => `0x${String(nonce).padStart(64, '0')}`

/** A transaction that votes on several bounties, after one that prepares it. */
function send(together: readonly Guid[], nonce = 4): OutboxEntry {
  const attempt = journal.outbox.nextAttempt(null, 'vote')
  const entries = [nonce, nonce + 1].map((each) => {
    return { guid: null, kind: 'vote', attempt, nonce: each, hash: hashOf(each), raw: '0x', head: 20 } as const
  })
  const entry = journal.outbox.add(entries, together).at(-1)
  if (!entry) throw new Error('Nothing was added.')
  return entry
}

const states = () => guids.map((guid) => journal.outbox.lastAttempt(guid, 'vote').state)
const left = () => journal.outbox.unsettled(0).map(({ nonce, state }) => `${nonce} ${state}`)

describe('actions that share a transaction', () => {
  it('are pending together, and each is done when the chain tells of it', () => {
    const { hash } = send(guids)
    expect(states()).toEqual(['pending', 'pending', 'pending'])
    expect(journal.outbox.setMined(hash, 22, guids[1])).toBe(true)
    expect(left()).toEqual(['4 mined', '5 mined'])
    expect(states()).toEqual(['mined', 'mined', 'mined'])
    expect(journal.outbox.setMined(hash, 22, guids[1])).toBe(false)
    expect(journal.outbox.untold(22)).toMatchObject([{ hash }])
    expect(journal.outbox.untold(21)).toEqual([])
    for (const guid of guids) journal.outbox.setMined(hash, 22, guid)
    expect(journal.outbox.untold(22)).toEqual([])
  })

  it('fail alone where the transaction did the others, and are tried again by themselves', () => {
    const entry = send(guids)
    journal.outbox.setMined(entry.hash, 22, guids[0])
    expect(journal.outbox.setDone(entry, new Set([guids[2], newGuid()]))).toEqual([guids[1]])
    expect(journal.outbox.setDone(entry, new Set(guids))).toEqual([])
    expect(states()).toEqual(['mined', 'failed', 'mined'])
    expect(journal.outbox.untold(99)).toEqual([])
    const attempt = journal.outbox.nextAttempt(guids[1], 'vote')
    expect(attempt).toBe(2)
    const again = { guid: guids[1], kind: 'vote', attempt, nonce: 6, hash: hashOf(6), raw: '0x', head: 23 } as const
    journal.outbox.add([again])
    expect(states()).toEqual(['mined', 'pending', 'mined'])
    expect(journal.outbox.setMined(again.hash, 24, guids[1])).toBe(true)
    expect(states()).toEqual(['mined', 'mined', 'mined'])
  })

  it.each(['failed', 'refused', 'replaced'] as const)('fail together where it is %s', (state) => {
    const { id } = send(guids)
    journal.outbox.setState(id, state, 23, 'no')
    expect(guids.map((guid) => journal.outbox.lastAttempt(guid, 'vote'))).toEqual(
      Array(3).fill({ state: 'failed', reason: 'no' }),
    )
    expect(journal.outbox.untold(99)).toEqual([])
  })

  it('are open again after a re-org, also one that had failed alone', () => {
    const entry = send(guids)
    journal.outbox.setMined(entry.hash, 22, guids[0])
    journal.outbox.setDone(entry, new Set([guids[0]]))
    expect(journal.outbox.isOpen(guids[1], 'vote', 21)).toBe(true)
    expect(journal.outbox.isOpen(guids[1], 'vote', 22)).toBe(false)
    journal.forgetAbove(21)
    expect(states()).toEqual(['pending', 'pending', 'pending'])
    journal.outbox.setMined(entry.hash, 23, guids[1])
    expect(journal.outbox.untold(23)).toHaveLength(1)
    expect(journal.outbox.setDone(entry, new Set([guids[1]]))).toEqual([guids[0], guids[2]])
    expect(states()).toEqual(['failed', 'mined', 'failed'])
  })

  it('take the place of those that the very same bytes were for before', () => {
    const { id, hash } = send(guids)
    journal.outbox.setState(id, 'refused', 21, 'insufficient funds')
    expect(send(guids)).toMatchObject({ id, hash, attempt: 2, state: 'signed' })
    expect(states()).toEqual(['pending', 'pending', 'pending'])
    expect(journal.outbox.guidsOf({ ...send(guids), id })).toHaveLength(3)
  })

  it('are forgotten with their bounties, and their transaction with the last of them', () => {
    const { hash } = send(guids)
    for (const guid of guids) {
      announce(journal, 30, guid)
      journal.bounties.close(guid, 40)
      journal.outbox.setMined(hash, 22, guid)
    }
    expect(journal.history.forget(50, 2)).toBe(2)
    expect(left()).toEqual(['4 mined', '5 mined'])
    expect(states().sort()).toEqual(['mined', 'none', 'none'])
    expect(journal.history.forget(50, 2)).toBe(1)
    expect(left()).toEqual([])
    expect(states()).toEqual(['none', 'none', 'none'])
  })
})
