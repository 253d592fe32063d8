import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bidShift, learnBidMeaning, type SizedRecord } from './bid-meaning.ts'

const record = (small: [number, number], large: [number, number]): SizedRecord => [
  { right: small[0], wrong: small[1] },
  { right: large[0], wrong: large[1] },
]
const surer = record([75, 25], [95, 5])
const flat = record([85, 15], [85, 15])
const meaning = learnBidMeaning([...Array.from({ length: 8 }, () => surer), flat])

test('a large bid says more where most are right more often with one', () => {
  expect(meaning.shifts[0]).toBeLessThan(-0.3)
  expect(meaning.shifts[1]).toBeGreaterThan(0.6)
  expect(bidShift(meaning, surer, 1)).toBeGreaterThan(0.8 * meaning.shifts[1])
})

test('to whom bids mean nothing is found by its own record, and who has said little is as most are', () => {
  expect(bidShift(meaning, flat, 1)).toBeLessThan(0.4 * meaning.shifts[1])
  expect(bidShift(meaning, record([0, 0], [1, 0]), 1)).toBeGreaterThan(0.6 * meaning.shifts[1])
})

test('whatever the counts, it is a number, and nothing where nothing is known', () => {
  expect(bidShift(learnBidMeaning([]), flat, 1)).toBe(0)
  const count = fc.integer({ min: 0, max: 2_000 })
  const sized = fc.tuple(count, count, count, count).map(([a, b, c, d]) => record([a, b], [c, d]))
  fc.assert(
    fc.property(fc.array(sized, { maxLength: 12 }), sized, (records, own) => {
      const learned = learnBidMeaning(records)
      expect(Number.isFinite(bidShift(learned, own, 0)) && Number.isFinite(bidShift(learned, own, 1))).toBe(true)
      expect(learned.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1)
    }),
  )
})
