import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newGuid } from '@polyswarm/protocol'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EngineBusyError } from '../errors.ts'
import { account, planAssertion, WINDOW } from '../runtime/journal.fixture.ts'
import { Journal } from '../runtime/journal.ts'
import type { KnownBounty } from '../runtime/role.ts'
import { expectToReveal, revealCapacity } from './reveal-capacity.ts'

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

/** Has so many transactions mined in a block. */
function mine(block: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const hash = `0x${(block * 1000 + i).toString(16).padStart(64, '0')}` as const
    const entry = { guid: newGuid(), kind: 'assert', attempt: 1, nonce: block * 1000 + i, hash, raw: '0x' } as const
    journal.outbox.add([{ ...entry, head: block }])
    journal.outbox.setMined(hash, block)
  }
}

describe('an engine', () => {
  it('takes on what it can reveal in half of the time for it, and no more, before it has shown what it can do', () => {
    assertOn(115, 79)
    expect(() => expectToReveal(journal, bountyOf(115))).not.toThrow()
    assertOn(110, 1)
    expect(() => expectToReveal(journal, bountyOf(115))).toThrow(EngineBusyError)
  })

  it('counts what is to be revealed at about the same time, and has not been', () => {
    assertOn(115, 80)
    expect(() => expectToReveal(journal, bountyOf(125))).toThrow(EngineBusyError)
    expect(() => expectToReveal(journal, bountyOf(126))).not.toThrow()
    const [first] = journal.bounties.open()
    if (first) journal.bounties.setRevealed(first.guid, 116)
    expect(() => expectToReveal(journal, bountyOf(125))).not.toThrow()
  })

  it('takes on more once it has got through more in several blocks, and no more for one that went well', () => {
    assertOn(115, 120)
    mine(90, 50)
    mine(91, 24)
    expect(() => expectToReveal(journal, bountyOf(115))).toThrow(EngineBusyError)
    mine(92, 25)
    expect(() => expectToReveal(journal, bountyOf(115))).not.toThrow()
    // What it did long ago says little.
    journal.head = 90 + 64
    expect(() => expectToReveal(journal, bountyOf(115))).toThrow(EngineBusyError)
  })
})

it('the capacity never is more than half of what fits into the window at the pace that was seen', () => {
  fc.assert(
    fc.property(fc.integer({ min: 16, max: 1_000 }), fc.integer({ min: 1, max: 1_000 }), (pace, window) => {
      const capacity = revealCapacity(pace, window)
      expect(capacity).toBeGreaterThanOrEqual((pace * window) / 2)
      expect(capacity).toBeLessThan((pace * window) / 2 + 1)
    }),
  )
})
