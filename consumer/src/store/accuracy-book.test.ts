import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY } from './accuracy-book.ts'
import { ConsumerStore } from './consumer-store.ts'
import { testDatabases } from './databases.fixture.ts'

const answers = fc.array(
  fc.record({
    day: fc.integer({ min: 0, max: 5 }),
    said: fc.option(fc.boolean()),
    truth: fc.option(fc.boolean()),
    engine: fc.constantFrom('0xA1' as const, '0xB2' as const),
  }),
  { maxLength: 30 },
)

describe.each(await testDatabases())('with $name', ({ fresh }) => {
  test('a period has the sums of its days, of one engine, of verdicts or of votes', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'accuracy-'))
    const property = fc.asyncProperty(answers, fc.integer({ min: 0, max: 3 }), async (all, firstDay) => {
      const store = await ConsumerStore.open(directory, address)
      const endDay = firstDay + 2
      const { accuracy, accounts } = store
      const job = await store.write(async () => {
        const { id } = await accounts.named('ann', { budget: null, submissionsPerHour: null }, 1)
        for (const { engine, day, ...answer } of all) {
          await accuracy.count({ address: engine, role: 'microengine' }, answer, day * DAY)
          await accuracy.count({ address: engine, role: 'arbiter' }, { said: true, truth: true }, day * DAY)
        }
        const asked = { role: 'microengine' as const, address: '0xA1' as const, created: 1, firstDay, endDay }
        const made = await accuracy.ask(id, asked)
        expect(await accuracy.get(id, 'microengine', made.id)).toEqual(made)
        expect(await accuracy.get(id, 'arbiter', made.id)).toBeUndefined()
        const listed = await accuracy.list({ account: id, role: 'microengine', address: '0xA1' }, made.id + 1, 1)
        expect(listed).toEqual([made])
        return made
      })
      const own = all.filter(({ engine, day }) => engine === '0xA1' && day >= firstDay && day < endDay)
      const count = (said: boolean, truth: boolean) =>
        own.filter((answer) => answer.said === said && answer.truth === truth).length
      expect(job.record).toEqual({
        truePositives: count(true, true),
        falsePositives: count(true, false),
        trueNegatives: count(false, false),
        falseNegatives: count(false, true),
        unknown: own.filter(({ said, truth }) => said === null || truth === null).length,
      })
      const days = await accuracy.days(job)
      expect(days.reduce((sum, { record }) => sum + record.unknown, 0)).toBe(job.record.unknown)
      await store.write(() => accuracy.forget(900 * DAY))
      expect(await accuracy.days(job)).toEqual([])
      await store.close()
    })
    const address = await fresh()
    await fc.assert(property, { numRuns: 15 })
    await rm(directory, { recursive: true })
  })
})
