import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bidFor, isAffordable, RANGE_STRATEGIES } from './strategies.ts'

const NCT = 10n ** 18n
const market = { minimum: NCT / 16n, maximum: NCT }
const thousandths = (units: bigint): bigint => (units * 1_000_000n) / NCT

describe('bidFor', () => {
  it.each([
    ['default', [62_500n, 531_250n, 765_625n, 1_000_000n]],
    ['aggressive', [500_000n, 750_000n, 875_000n, 1_000_000n]],
    ['conservative', [62_500n, 62_500n, 62_500n, 62_500n]],
  ] as const)('is what the original bid with %s, in millionths of a NCT', (strategy, bids) => {
    expect([0, 0.5, 0.75, 1].map((confidence) => thousandths(bidFor(strategy, confidence, market)))).toEqual(bids)
  })

  it('stays within the market, whatever the confidence', () => {
    const range = fc
      .tuple(fc.bigInt({ min: 1n, max: 10n ** 24n }), fc.bigInt({ min: 0n, max: 10n ** 24n }))
      .map(([minimum, more]) => ({ minimum, maximum: minimum + more }))
    fc.assert(
      fc.property(fc.constantFrom(...RANGE_STRATEGIES), fc.double(), range, (strategy, confidence, given) => {
        const bid = bidFor(strategy, confidence, given)
        expect(bid >= given.minimum && bid <= given.maximum).toBe(true)
      }),
    )
  })

  it('never bids less when it is more sure', () => {
    const confidence = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.constantFrom(...RANGE_STRATEGIES), confidence, confidence, (strategy, a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a]
        expect(bidFor(strategy, less, market) <= bidFor(strategy, more, market)).toBe(true)
      }),
    )
  })

  it('loses no base unit to floating point', () => {
    expect(bidFor('default', 0, { minimum: 62_500_000_000_000_001n, maximum: NCT })).toBe(62_500_000_000_000_001n)
  })
})

describe('isAffordable', () => {
  it('counts the fee', () => {
    expect(isAffordable([5n, 5n], 1n, 11n)).toBe(true)
    expect(isAffordable([5n, 5n], 1n, 10n)).toBe(false)
  })
})
