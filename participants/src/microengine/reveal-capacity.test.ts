import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newGuid } from '@polyswarm/protocol'
import fc from 'fast-check'
import type { Hex } from 'viem'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EngineBusyError } from '../errors.ts'
import { account, planAssertion, WINDOW } from '../runtime/journal.fixture.ts'
import { Journal } from '../runtime/journal.ts'
import type { ActionKind } from '../runtime/market-action.ts'
import type { KnownBounty } from '../runtime/role.ts'
import { expectToReveal, toleratedDelay } from './reveal-capacity.ts'

let directory: string
let journal: Journal

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'capacity-'))
  journal = Journal.open(join(directory, 'journal.sqlite'), { account, role: 'microengine' })
  journal.head = 100
})

afterEach(() => {
  journal.close()
  rmSync(directory, { recursive: true })
})

const bountyOf = (expiration: number) =>
  ({ expiration, terms: { assertionRevealWindow: WINDOW } }) as unknown as KnownBounty

function assertOn(expiration: number, times: number): void {
  for (let i = 0; i < times; i++) planAssertion(journal, expiration)
}

/** Has a transaction signed when `head` was the newest block. @returns its hash */
function sign(head: number, kind: ActionKind = 'assert'): Hex {
  const nonce = head * 1000 + ++signed
  const hash = `0x${nonce.toString(16).padStart(64, '0')}` as const
  journal.outbox.add([{ guid: newGuid(), kind, attempt: 1, nonce, hash, raw: '0x', head }])
  return hash
}
let signed = 0

/** Has so many transactions mined in a block, as fast as can be. */
function mine(block: number, count: number): void {
  for (let i = 0; i < count; i++) journal.outbox.setMined(sign(block - 1), block)
}

describe('an engine', () => {
  it('takes on one reveal for each block of the window before it has shown what it can do', () => {
    assertOn(115, WINDOW - 1)
    expect(() => expectToReveal(journal, bountyOf(115))).not.toThrow()
    assertOn(110, 1)
    expect(() => expectToReveal(journal, bountyOf(115))).toThrow(EngineBusyError)
  })

  it('counts what is to be revealed at about the same time, and has not been', () => {
    assertOn(115, WINDOW)
    expect(() => expectToReveal(journal, bountyOf(125))).toThrow(EngineBusyError)
    expect(() => expectToReveal(journal, bountyOf(126))).not.toThrow()
    const [first] = journal.bounties.standings()
    if (first) journal.bounties.setRevealed(first.guid, 116)
    expect(() => expectToReveal(journal, bountyOf(125))).not.toThrow()
  })

  it('takes on another for each transaction that was mined, as long as that is no longer ago than a window', () => {
    assertOn(115, WINDOW + 40)
    mine(95, 40)
    expect(() => expectToReveal(journal, bountyOf(115))).toThrow(EngineBusyError)
    mine(96, 1)
    expect(() => expectToReveal(journal, bountyOf(115))).not.toThrow()
    journal.head = 95 + WINDOW
    expect(() => expectToReveal(journal, bountyOf(115))).toThrow(EngineBusyError)
  })
})

describe('an engine whose transactions take long', () => {
  it('takes on nothing until they have been fast again for a reveal window', () => {
    mine(99, 1)
    journal.outbox.setMined(sign(94), 99)
    expect(() => expectToReveal(journal, bountyOf(115))).not.toThrow()
    journal.outbox.setMined(sign(94), 100)
    expect(() => expectToReveal(journal, bountyOf(115))).toThrow(/transactions take 6 blocks/)
    journal.head = 109
    expect(() => expectToReveal(journal, bountyOf(115))).toThrow(EngineBusyError)
    journal.head = 110
    expect(() => expectToReveal(journal, bountyOf(115))).not.toThrow()
  })

  it('takes on nothing while one of them waits for longer than it may', () => {
    const hash = sign(95)
    expect(() => expectToReveal(journal, bountyOf(115))).not.toThrow()
    journal.head = 101
    expect(() => expectToReveal(journal, bountyOf(115))).toThrow(EngineBusyError)
    journal.outbox.setMined(hash, 100)
    expect(() => expectToReveal(journal, bountyOf(115))).not.toThrow()
  })

  it('does not count settlements, which have time and come last', () => {
    sign(80, 'settle')
    expect(() => expectToReveal(journal, bountyOf(115))).not.toThrow()
  })
})

it('the delay that is tolerated leaves a reveal twice as long, and never is less than two blocks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), (window) => {
      const delay = toleratedDelay(window)
      expect(delay).toBeGreaterThanOrEqual(2)
      expect(delay * 2).toBeLessThanOrEqual(Math.max(window, 4))
      expect((delay + 1) * 2).toBeGreaterThan(window)
    }),
  )
})
