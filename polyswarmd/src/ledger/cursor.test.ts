import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatCursor, parseCursor } from './cursor.ts'

test('a cursor reads back as it was written', () => {
  const ledgerId = fc.stringMatching(/^[0-9a-f]{16}$/)
  fc.assert(
    fc.property(fc.record({ ledgerId, position: fc.nat() }), (cursor) => {
      expect(parseCursor(formatCursor(cursor))).toEqual(cursor)
    }),
  )
})

test.each([
  '',
  '0',
  'x-1',
  '0123456789abcdef',
  '0123456789abcdef-',
  '0123456789abcdef-1e3',
  '0123456789abcdef-1 ',
  ' 0123456789abcdef-1',
])('%j never was one', (text) => {
  expect(parseCursor(text)).toBeNull()
})
