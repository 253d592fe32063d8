import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkPlan, maintenanceStep } from './maintenance-step.ts'

const NCT = 10n ** 18n
const units = fc.bigInt({ min: 0n, max: 10n ** 30n })
const above0 = fc.bigInt({ min: 1n, max: 10n ** 30n })
/** Plans that `checkPlan` lets pass. */
const plans = fc
  .record({ minimum: above0, refill: above0, more: units, under: above0 })
  .map(({ minimum, refill, more, under }) => ({
    minimum,
    refill,
    maximum: minimum + refill + more,
    target: minimum + 1n + (under % (refill + more)),
  }))

it('never spends what is not there, loses nothing to fees alone, and ends where it was told to', () => {
  fc.assert(
    fc.property(plans, units, units, units, units, (plan, home, side, depositFee, withdrawalFee) => {
      checkPlan(plan)
      const step = maintenanceStep(plan, { home, side, depositFee, withdrawalFee })
      switch (step.kind) {
        case 'deposit':
          expect(side < plan.minimum && step.amount <= home && step.amount > depositFee).toBe(true)
          break
        case 'withdraw':
          expect(side > plan.maximum && step.amount > withdrawalFee).toBe(true)
          expect(side - step.amount).toBe(plan.target)
          break
        case 'short':
          expect(side < plan.minimum && home < plan.refill).toBe(true)
          break
        case 'worthless':
          expect(side < plan.minimum && plan.refill <= depositFee).toBe(true)
          break
        case 'rest':
          expect(side >= plan.minimum).toBe(true)
      }
    }),
  )
})

it('comes to rest: no money crosses in both directions in turn', () => {
  fc.assert(
    fc.property(plans, above0, (plan, start) => {
      let side = start % (plan.maximum * 4n)
      let last: string | undefined
      for (let round = 0; round < 12; round++) {
        const fees = { depositFee: 0n, withdrawalFee: 0n }
        const step = maintenanceStep(plan, { home: 10n ** 40n, side, ...fees })
        if (step.kind !== 'deposit' && step.kind !== 'withdraw') return
        expect([undefined, step.kind]).toContain(last)
        last = step.kind
        side += step.kind === 'deposit' ? step.amount : -step.amount
      }
    }),
  )
})

it.each([
  ['a target without a maximum', { target: 20n }, /--maximum/],
  ['a maximum without a target', { maximum: 50n }, /--withdraw-target/],
  ['a target at the minimum', { maximum: 50n, target: 10n }, /above the minimum/],
  ['a maximum below the target', { maximum: 20n, target: 21n }, /at least the target/],
  ['a maximum that a refill exceeds', { maximum: 14n, target: 12n }, /withdrawn again/],
])('refuses %s', (_what, limits, words) => {
  expect(() => checkPlan({ minimum: 10n, refill: 5n, ...limits })).toThrow(words)
  expect(() => checkPlan({ minimum: 10n * NCT, refill: 5n * NCT, maximum: 15n * NCT, target: 11n * NCT })).not.toThrow()
})
