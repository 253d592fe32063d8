import fc from 'fast-check'
import { expect, test } from 'vitest'
import { learnPopulation, shareAfter } from './population.ts'

const meanOf = ({ for: a, against: b }: { for: number; against: number }): number => a / (a + b)
const usual = { for: 6, against: 2 }
/** Nine judges, each good at one of three kinds of files. */
const specialists = Array.from({ length: 9 }, (_, judge) =>
  Array.from({ length: 3 }, (_, kind) => (kind === judge % 3 ? { for: 36, against: 4 } : { for: 22, against: 18 })),
)

test('finds that judges are good at a kind of file or not, and takes few cases for one or the other', () => {
  const { weights, likeness } = learnPopulation(specialists, usual, 12)
  expect(likeness).toBeLessThan(3)
  const flat = weights.map(() => 1 / weights.length)
  const seen = { for: 9, against: 1 }
  expect(Math.abs(meanOf(shareAfter(weights, { for: 90, against: 10 })) - 0.9)).toBeLessThan(0.02)
  // Both nine of ten cases and thirteen of twenty are nearer to where the others are than they look.
  expect(meanOf(shareAfter(weights, seen))).toBeGreaterThan(meanOf(shareAfter(flat, { for: 8, against: 2 })))
  expect(meanOf(shareAfter(weights, { for: 13, against: 7 }))).toBeLessThan(0.6)
})

test('finds that kinds of files make no difference, where they make none', () => {
  const records = [0.5, 0.6, 0.7, 0.8, 0.9].map((share) =>
    Array.from({ length: 3 }, () => ({ for: 100 * share, against: 100 * (1 - share) })),
  )
  expect(learnPopulation(records, usual, 12).likeness).toBeGreaterThan(60)
})

test('whatever the records, a share is between 0 and 1', () => {
  const cases = fc.record({
    for: fc.double({ min: 0, max: 2_000, noNaN: true }),
    against: fc.double({ min: 0, max: 2_000, noNaN: true }),
  })
  const records = fc.array(fc.array(cases, { maxLength: 6 }), { maxLength: 8 })
  fc.assert(
    fc.property(records, cases, (learned, seen) => {
      const { weights, likeness } = learnPopulation(learned, usual, 12)
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1)
      expect(likeness).toBeGreaterThan(0)
      const share = shareAfter(weights, seen)
      expect(share.for).toBeGreaterThan(0)
      expect(share.against).toBeGreaterThan(0)
      expect(Number.isFinite(share.for + share.against)).toBe(true)
    }),
  )
})

test('without records it is what is expected', () => {
  expect(meanOf(shareAfter(learnPopulation([], usual, 12).weights, { for: 0, against: 0 }))).toBeCloseTo(0.75, 1)
})
