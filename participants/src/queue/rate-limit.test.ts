import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRateLimit } from './rate-limit.ts'

describe('a rate limit', () => {
  it.each([
    ['5/second', { max: 5, duration: 1_000 }],
    ['100/minute', { max: 100, duration: 60_000 }],
    ['1/hour', { max: 1, duration: 3_600_000 }],
    ['10000000/day', { max: 10_000_000, duration: 86_400_000 }],
  ])('is read: %s', (text, limit) => {
    expect(parseRateLimit(text)).toEqual(limit)
  })

  it.each(['', '5', '0/second', '5/week', '5/constructor', '-1/day', '1.5/day', '5 / day', '9999999999/day'])(
    'is none: %s',
    (text) => {
      expect(parseRateLimit(text)).toBeUndefined()
    },
  )

  it('is at least one, whatever is given', () => {
    fc.assert(fc.property(fc.string(), (text) => (parseRateLimit(text)?.max ?? 1) >= 1))
  })
})
