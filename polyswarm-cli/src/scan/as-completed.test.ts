import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { asCompleted } from './as-completed.ts'

async function* upTo(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield i
}

it('hands out all there is, in the order in which it is done, and no more at a time than it may', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 30 }),
      async (most, pauses) => {
        let running = 0
        const order: number[] = []
        const work = async (item: number): Promise<number> => {
          expect(++running).toBeLessThanOrEqual(most)
          for (let i = 0; i < (pauses[item] ?? 0); i++) await new Promise(setImmediate)
          running--
          order.push(item)
          return item
        }
        expect(await Array.fromAsync(asCompleted(upTo(pauses.length), most, work))).toEqual(order)
        expect(order.length).toBe(pauses.length)
      },
    ),
  )
})

it('one that takes long keeps no other waiting', async () => {
  const last = Promise.withResolvers<number>()
  const work = async (item: number) => (item === 0 ? last.promise : item)
  const seen: number[] = []
  for await (const item of asCompleted(upTo(1_000), 2, work)) {
    seen.push(item)
    if (seen.length === 999) last.resolve(0)
  }
  expect(seen.at(-1)).toBe(0)
})

it('ends with what fails, and takes no more', async () => {
  let taken = 0
  const work = async (item: number): Promise<number> => {
    taken++
    if (item === 3) throw new Error('enough')
    return item
  }
  await expect(Array.fromAsync(asCompleted(upTo(1_000_000), 2, work))).rejects.toThrow('enough')
  expect(taken).toBeLessThan(10)
})

it('a reader that is slow holds up the work', async () => {
  let taken = 0
  const work = async () => ++taken
  for await (const item of asCompleted(upTo(1_000), 4, work)) {
    for (let i = 0; i < 20; i++) await new Promise(setImmediate)
    expect(taken).toBeLessThanOrEqual(item + 6)
    if (item > 20) break
  }
})
