import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { shareInterval } from './share-interval.ts'

it('surrounds the share, and is narrower the more cases there are', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 1_000 }), (share, cases) => {
      const [low, high] = shareInterval(share, cases)
      expect([0, low, share, high, 1]).toEqual([0, low, share, high, 1].sort((one, other) => one - other))
      const [lower, upper] = shareInterval(share, 4 * cases + 4)
      expect(upper - lower).toBeLessThan(high - low)
    }),
  )
})

it('is the same whenever it is asked for, whatever was asked before and done with the answer', () => {
  const first = shareInterval(0.75, 3)
  const kept = [...first]
  first.fill(0)
  expect(shareInterval(0.75, 3)).toEqual(kept)
  for (let cases = 0; cases < 2_500; cases++) shareInterval(0.5, cases)
  expect(shareInterval(0.75, 3)).toEqual(kept)
  expect(shareInterval(0.25, 3)).toEqual(kept.map((end) => expect.closeTo(1 - end, 9)).reverse())
})
