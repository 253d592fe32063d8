import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BytesInFlight } from './bytes-in-flight.ts'
import { requiresKeys } from './key-policy.ts'
import { RequestBudget } from './request-budget.ts'

test('a caller gets its requests of a minute at once, then one whenever its share of a minute has passed', () => {
  let now = 0
  const budget = new RequestBudget(() => now)
  for (let request = 0; request < 6; request++) expect(budget.take('a', 6)).toBe(0)
  expect(budget.take('a', 6)).toBe(10)
  expect(budget.take('b', 6)).toBe(0)
  now = 9_000
  expect(budget.take('a', 6)).toBe(1)
  now = 10_000
  expect(budget.take('a', 6)).toBe(0)
  expect(budget.take('a', 6)).toBe(10)
})

test('no caller ever gets more than its budget and what has filled up since; whoever waits as told is served', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.array(fc.nat({ max: 5_000 }), { maxLength: 200 }),
      (limit, pauses) => {
        let now = 0
        let served = 0
        const budget = new RequestBudget(() => now)
        for (const pause of pauses) {
          now += pause
          const wait = budget.take('a', limit)
          if (wait === 0) served++
          else {
            now += wait * 1_000
            expect(budget.take('a', limit)).toBe(0)
            served++
          }
        }
        expect(served).toBeLessThanOrEqual(limit + (now / 60_000) * limit + 1e-6)
      },
    ),
  )
})

test('transfers count while they last, and one alone may be of any size', () => {
  const bytes = new BytesInFlight()
  const large = bytes.begin('a', 500, 100)
  expect(large).not.toBeNull()
  expect(bytes.begin('a', 1, 100)).toBeNull()
  const other = bytes.begin('b', 60, 100)
  expect(bytes.begin('b', 41, 100)).toBeNull()
  expect(bytes.begin('b', 40, 100)).not.toBeNull()
  large?.()
  other?.()
  expect(bytes.begin('a', 100, 100)).not.toBeNull()
  expect(bytes.begin('b', 60, 100)).not.toBeNull()
})

test.each([
  ['127.0.0.1', false],
  ['127.9.9.9', false],
  ['::1', false],
  ['::ffff:127.0.0.1', false],
  ['localhost', false],
  ['0.0.0.0', true],
  ['::', true],
  ['10.0.0.1', true],
  ['localhost.example.org', true],
  ['1270.0.0.1', true],
])('a daemon that listens on %s asks for keys by itself: %s', (host, required) => {
  expect(requiresKeys('auto', host)).toBe(required)
  expect([requiresKeys('required', host), requiresKeys('off', host)]).toEqual([true, false])
})
