import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FeeWatch } from './fee-watch.ts'

function watching(fees: readonly (bigint | undefined)[], first = 100): FeeWatch {
  const watch = new FeeWatch()
  for (const [index, fee] of fees.entries()) watch.hear(first + index, fee)
  return watch
}

test('a quote is used again for some blocks while the base fee stays', () => {
  const watch = watching(Array(20).fill(7n))
  expect(watch.holds(115, 119)).toBe(true)
  expect(watch.holds(111, 119)).toBe(true)
  expect(watch.holds(110, 119)).toBe(false)
  expect(watching(Array(9).fill(0n)).holds(100, 108)).toBe(true)
})

test('a quote is not used where the base fee rose, fell by much, or is not known', () => {
  expect(watching([100n, 99n, 100n]).holds(100, 102)).toBe(false)
  expect(watching([100n, 75n]).holds(100, 101)).toBe(true)
  expect(watching([100n, 74n]).holds(100, 101)).toBe(false)
  expect(watching([100n, undefined, 100n]).holds(100, 102)).toBe(false)
  expect(watching([]).holds(100, 100)).toBe(false)
  const watch = watching([100n, 100n])
  watch.forget()
  expect(watch.holds(100, 101)).toBe(false)
})

test('what holds was quoted in one of the last blocks, since when no block asked for more, and is at most a third too much', () => {
  const fees = fc.array(fc.option(fc.bigInt(90n, 110n), { nil: undefined }), { maxLength: 30 })
  fc.assert(
    fc.property(fees, fc.nat(40), fc.nat(40), (told, from, length) => {
      if (!watching(told, 0).holds(from, from + length)) return
      const since = told.slice(from, from + length + 1)
      expect(since).toHaveLength(length + 1)
      const [first = 0n] = since
      for (const fee of since) expect(fee !== undefined && fee <= first).toBe(true)
      expect(length).toBeLessThanOrEqual(8)
      expect(first * 3n).toBeLessThanOrEqual(4n * (since.at(-1) ?? 0n))
    }),
  )
})

test('a block that is heard of out of its order makes what came before it of no use', () => {
  const watch = watching([5n, 5n, 5n])
  watch.hear(110, 5n)
  expect(watch.holds(102, 110)).toBe(false)
  expect(watch.holds(110, 110)).toBe(true)
})
