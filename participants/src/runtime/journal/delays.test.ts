import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { account, planAssertion } from './journal.fixture.ts'
import { Journal } from './journal.ts'

const EXPIRATION = 20

let directory: string
let journal: Journal

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'delays-'))
  journal = Journal.open(join(directory, 'journal.sqlite'), { account, role: 'microengine' })
})

afterEach(() => {
  journal.close()
  rmSync(directory, { recursive: true })
})

describe('how slow transactions are', () => {
  const delay = () => journal.outbox.delay(30, 10)
  const send = (head: number): Hex => {
    const hash: Hex = `0x${String(head).padStart(64, '0')}`
    const guid = planAssertion(journal, EXPIRATION)
    journal.outbox.add([{ guid, kind: 'reveal', attempt: 1, nonce: head, hash, raw: '0x', head }])
    return hash
  }

  it('is what was written last, also within a block', () => {
    expect(delay()).toBe(0)
    const first = send(22)
    expect(delay()).toBe(8)
    send(27)
    expect(delay()).toBe(8)
    expect(journal.outbox.setMined(first, 24, null)).toBe(true)
    expect(delay()).toBe(3)
    journal.outbox.reopenAbove(23)
    expect(delay()).toBe(8)
    const [oldest] = journal.outbox.unsettled(0)
    journal.outbox.setState(oldest?.id ?? 0, 'refused', 30)
    expect(delay()).toBe(3)
  })
})

describe('how late reveals are', () => {
  const delay = () => journal.bounties.revealDelay(10, 28)

  it('is what was written last, also within a block', () => {
    const guid = planAssertion(journal, EXPIRATION)
    expect(delay()).toBe(8)
    journal.bounties.setRevealed(guid, 23)
    expect(delay()).toBe(3)
    journal.bounties.forgetAbove(22)
    expect(delay()).toBe(8)
    journal.bounties.close(guid, 28)
    expect(delay()).toBe(0)
    journal.bounties.reopen(guid)
    expect(delay()).toBe(8)
    const other = planAssertion(journal, EXPIRATION + 40)
    expect(delay()).toBe(8)
    const earlier = { block: 1, author: account, artifactType: 'file', amount: 1n, uri: 'Qm', metadata: null } as const
    journal.bounties.announce({ ...earlier, guid: other, expiration: 15 })
    expect(delay()).toBe(13)
  })
})
