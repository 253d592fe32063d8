import { expect, it } from 'vitest'
import { PatternTimeoutError } from '../errors.ts'
import { testBounded } from './bounded-pattern.ts'

it('finds what is there, with its groups, however often it is asked', () => {
  const pattern = /b(?<rest>.+)/g
  for (let i = 0; i < 2; i++) expect(testBounded(pattern, 'abc')?.groups?.rest).toBe('c')
  expect(testBounded(/x/, 'abc')).toBeNull()
})

it('gives up on a pattern that a text makes run forever', () => {
  const start = performance.now()
  expect(() => testBounded(/^(a+)+$/, `${'a'.repeat(60)}!`)).toThrow(PatternTimeoutError)
  expect(performance.now() - start).toBeLessThan(2_000)
})
