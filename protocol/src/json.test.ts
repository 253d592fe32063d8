import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson, stringifyJson } from './json.ts'

test('a bigint is written digit for digit, as clients that compare with == need it', () => {
  expect(stringifyJson({ payout: 2n ** 256n - 1n, zero: 0n, list: [-1n] })).toBe(
    '{"payout":115792089237316195423570985008687907853269984665640564039457584007913129639935,"zero":0,"list":[-1]}',
  )
})

test('integers beyond 2^53 stay exact, every other number stays a number', () => {
  expect(parseJson('[9007199254740991,9007199254740992,-9007199254740993,1.5,1e3,1e300,-0]')).toEqual([
    9_007_199_254_740_991,
    9_007_199_254_740_992n,
    -9_007_199_254_740_993n,
    1.5,
    1000,
    1e300,
    -0,
  ])
})

test('every integer survives', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }), (value) => {
      const back = parseJson(stringifyJson({ value })) as { value: number | bigint }
      expect(BigInt(back.value)).toBe(value)
    }),
  )
})

test('every document is read and written as JSON itself does', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(stringifyJson(parseJson(text)))).toEqual(JSON.parse(text))
    }),
  )
})

test('a digit string stays a string', () => {
  expect(parseJson('"10000000000000000000000000"')).toBe('10000000000000000000000000')
})

test('a document cannot reach the prototype of what it becomes', () => {
  const value = parseJson('{"__proto__":{"polluted":true}}') as Record<string, unknown>
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('a document that would exhaust the stack is refused like any other that cannot be read', () => {
  expect(() => parseJson('['.repeat(1_000_000) + ']'.repeat(1_000_000))).toThrow(SyntaxError)
})

test.each(['', '{', '[1,]', '01', 'NaN', '1n'])('%j is not JSON', (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError)
})
