import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newGuid } from '@polyswarm/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { CaseBook } from './case-book.ts'
import { CaseReminder } from './case-reminder.ts'

let directory: string
let book: CaseBook
let now: number
let sent: Record<string, unknown>[]
let fails: Error | undefined

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'reminder-'))
  book = CaseBook.open(join(directory, 'cases.sqlite'))
  now = 1_000_000
  sent = []
  fails = undefined
})

afterEach(() => {
  book.close()
  rmSync(directory, { recursive: true })
})

const reminder = () =>
  new CaseReminder({
    ...{ book, chain: 'side', logger: pino({ level: 'silent' }), every: 600_000, urgentBefore: 60_000, now: () => now },
    carrier: {
      deliver: async ({ event, body }) => {
        expect(event).toBe('cases')
        if (fails) throw fails
        sent.push(JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>)
      },
    },
  })

function openCase(closesHead: number): void {
  const evidence = { uri: 'Qm', artifactType: 'file', size: 9, format: 'text', metadata: '"<b>"', sources: [] } as const
  const one = { chain: 'side', guid: newGuid(), artifact: 0, sha256: 'a'.repeat(64), closesHead }
  book.add([{ ...one, evidence: { ...evidence, sources: [] } }], now)
}

/** Lets a reminder look at a block, and waits until what it sends is sent. */
async function look(at: CaseReminder, head: number): Promise<void> {
  book.setClock('side', { head, blockTime: 2_000 }, now)
  at.remind(head)
  await new Promise((resolve) => setImmediate(resolve))
}

it('reminds of new cases at once, of many together, and of each once', async () => {
  const first = reminder()
  await look(first, 1)
  expect(sent).toEqual([])
  openCase(1_000)
  await look(first, 2)
  expect(sent).toMatchObject([{ waiting: 1, new: 1, urgent: false, first_closes: 1_000, block_time: 2_000 }])
  expect(JSON.stringify(sent)).not.toContain('<b>')
  for (let index = 0; index < 50; index++) openCase(1_000)
  await look(first, 3)
  expect(sent).toHaveLength(1)
  now += 600_000
  // A restart repeats nothing.
  await look(reminder(), 4)
  expect(sent[1]).toMatchObject({ waiting: 51, new: 50 })
  expect(sent[1]?.cases).toHaveLength(10)
  now += 600_000
  await look(reminder(), 5)
  expect(sent).toHaveLength(2)
})

it('reminds once more of what is nearly too late', async () => {
  openCase(100)
  openCase(105)
  const first = reminder()
  await look(first, 1)
  for (const head of [50, 60, 69]) await look(first, head)
  expect(sent).toHaveLength(1)
  await look(first, 70)
  expect(sent[1]).toMatchObject({ urgent: true, new: 0, first_closes: 100 })
  for (const head of [71, 72, 74]) await look(reminder(), head)
  expect(sent).toHaveLength(2)
  await look(reminder(), 75)
  expect(sent).toHaveLength(3)
})

it('tries again what was not delivered, and not with every block', async () => {
  openCase(1_000)
  fails = new Error('refused')
  const first = reminder()
  await look(first, 1)
  fails = undefined
  await look(first, 2)
  expect(sent).toEqual([])
  now += 60_000
  await look(first, 3)
  expect(sent).toMatchObject([{ new: 1 }])
})
