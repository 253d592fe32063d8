import fc from 'fast-check'
import { expect, test } from 'vitest'
import { postingPace } from './posting-pace.js'

test('few artifacts are judged in a short window, many in a longer one, and not all at once', () => {
  expect(postingPace({ artifacts: 6, engines: 3, blockTime: 0.2 })).toEqual({
    duration: 17,
    perBounty: 256,
    inFlight: 10,
  })
  const many = postingPace({ artifacts: 300, engines: 3, blockTime: 0.2 })
  expect(many.duration).toBeGreaterThan(80)
  expect(many.inFlight * many.perBounty).toBeLessThan(300)
})

test('what is open at a time can be judged in the time that it is open', () => {
  const plans = fc.record({
    artifacts: fc.integer({ min: 1, max: 100_000 }),
    engines: fc.integer({ min: 0, max: 50 }),
    blockTime: fc.double({ min: 0.05, max: 60, noNaN: true }),
  })
  fc.assert(
    fc.property(plans, (plan) => {
      const { duration, perBounty, inFlight } = postingPace(plan)
      expect(duration).toBeGreaterThanOrEqual(15)
      expect(duration).toBeLessThanOrEqual(100)
      expect(perBounty >= 1 && perBounty <= 256 && inFlight >= 1 && inFlight <= 10).toBe(true)
      const open = Math.min(plan.artifacts, Math.min(plan.artifacts, perBounty) * inFlight)
      if (open === 1) return
      expect(open * 0.02 * Math.max(plan.engines, 1)).toBeLessThanOrEqual((duration - 15) * plan.blockTime + 1e-9)
    }),
  )
})
