import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvalidGuidError } from './errors.ts'
import { guidFromUint128, guidToUint128, newGuid, parseGuid } from './guid.ts'

test('a UUID is read as one big-endian number', () => {
  const guid = parseGuid('7c9e6679-7425-40de-944b-e07fc1f90ae7')
  expect(guidToUint128(guid)).toBe(0x7c9e6679742540de944be07fc1f90ae7n)
  expect(guidFromUint128(0x7c9e6679742540de944be07fc1f90ae7n)).toBe(guid)
})

test('every uint128 has one guid, whatever its version bits, and every guid one uint128', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (value) => {
      const guid = guidFromUint128(value)
      expect(guid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
      expect(guidToUint128(guid)).toBe(value)
      expect(parseGuid(guid.toUpperCase())).toBe(guid)
    }),
  )
})

test.each([
  '',
  '7c9e6679742540de944be07fc1f90ae7',
  '{7c9e6679-7425-40de-944b-e07fc1f90ae7}',
  '7c9e6679-7425-40de-944b-e07fc1f90ae7\n',
  ' 7c9e6679-7425-40de-944b-e07fc1f90ae7',
  '7c9e6679-7425-40de-944b-e07fc1f90ae',
  '7c9e6679-7425-40de-944b-e07fc1f90aeg',
  '7c9e66797-425-40de-944b-e07fc1f90ae7',
])('%j is no guid', (text) => {
  expect(() => parseGuid(text)).toThrow(InvalidGuidError)
})

test('a number beyond 128 bits is no guid', () => {
  expect(() => guidFromUint128(2n ** 128n)).toThrow(InvalidGuidError)
  expect(() => guidFromUint128(-1n)).toThrow(InvalidGuidError)
})

test('new guids are version 4, which arbiters of 2018 insist on, and differ', () => {
  const guids = Array.from({ length: 100 }, newGuid)
  for (const guid of guids) expect(parseGuid(guid)).toMatch(/^.{14}4.{4}[89ab]/)
  expect(new Set(guids).size).toBe(100)
})
