import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Guid } from '@polyswarm/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { DutyRound } from './duty-round.ts'
import { DutyRunner } from './duty-runner.ts'
import { account, planAssertion, WINDOW } from './journal.fixture.ts'
import { Journal } from './journal.ts'
import type { MarketAction } from './market-action.ts'

const never = new AbortController().signal

let directory: string
let journal: Journal
/** What was submitted, in order, and how each ends. */
let submitted: { name: string; done: () => void }[]
let names: Map<Guid, string>

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'round-'))
  journal = Journal.open(join(directory, 'journal.sqlite'), { account, role: 'microengine' })
  submitted = []
  names = new Map()
})

afterEach(() => {
  journal.close()
  rmSync(directory, { recursive: true })
})

/** A bounty that this account has asserted on. */
function asserted(name: string, expiration: number): void {
  const guid = planAssertion(journal, expiration)
  names.set(guid, name)
  journal.bounties.setPosted(guid, 0, 2)
}

/** A round whose transactions are on their way until the test says otherwise. */
function roundOf(): DutyRound {
  const sender = {
    follow: async () => undefined,
    submit: (guid: Guid, { kind }: MarketAction) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      submitted.push({ name: `${kind} ${names.get(guid)}`, done: resolve })
      return promise
    },
  }
  const shelf = { store: async () => '' }
  const scope = { journal, account, sender, shelf, client: {}, terms: {}, logger: pino({ level: 'silent' }) }
  const runner = new DutyRunner({ ...scope, reconcile: async () => undefined } as never)
  return new DutyRound({ ...scope, runner, missed: () => undefined } as never)
}

const sent = () => submitted.map(({ name }) => name)

it('a reveal that becomes due goes at once, the nearest deadline first, and settlements that wait let it pass', async () => {
  const over = 30 - 2 * WINDOW
  for (let i = 0; i < 40; i++) asserted(`old ${i}`, over)
  for (const guid of names.keys()) journal.bounties.setRevealed(guid, 15)
  for (let i = 0; i < 20; i++) asserted(`late ${i}`, 31)
  asserted('soon', 30)
  const round = roundOf()

  const settling = round.run(29, never)
  await vi.waitFor(() => expect(submitted.length).toBeGreaterThan(8))
  expect(sent().every((name) => name.startsWith('settle old'))).toBe(true)
  const settlements = submitted.length

  const meeting = round.meetDeadlines(31, never)
  await vi.waitFor(() => expect(submitted.length).toBeGreaterThan(settlements + 8))
  expect(sent()[settlements]).toBe('reveal soon')
  expect(round.waiting).toBeGreaterThan(0)

  // The settlements on their way are done; the others wait until each reveal has left.
  for (const { done } of submitted.slice(0, settlements)) done()
  const reveals = () => submitted.slice(settlements).filter(({ name }) => name.startsWith('reveal'))
  for (let left = 0; left < 21; left++) {
    await vi.waitFor(() => expect(reveals().length).toBeGreaterThan(left))
    expect(
      sent()
        .slice(settlements, settlements + left + 1)
        .every((name) => name.startsWith('reveal')),
    ).toBe(true)
    reveals()[left]?.done()
  }
  await meeting
  expect(round.waiting).toBe(0)
  expect(reveals()).toHaveLength(21)

  for (let left = settlements + 21; left < 61; left++) {
    await vi.waitFor(() => expect(submitted.length).toBeGreaterThan(left))
    submitted[left]?.done()
  }
  await settling
  expect(sent().filter((name) => name.startsWith('settle'))).toHaveLength(40)
})
