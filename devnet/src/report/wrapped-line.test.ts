import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textWidth } from './text-table.js'
import { wrappedLine } from './wrapped-line.js'

test('a line breaks at blanks and goes on under its text, colours not counted', () => {
  const line = '7e0a561c \x1b[36mposted\x1b[39m   ambassador asks about eicar.com for 2 NCT, until block 58'
  expect(wrappedLine(line, 60, 18)).toEqual([
    '7e0a561c \x1b[36mposted\x1b[39m   ambassador asks about eicar.com for 2 NCT,',
    '                  until block 58',
  ])
  expect(wrappedLine(line, Number.POSITIVE_INFINITY, 18)).toEqual([line])
})

test('nothing is lost, and no line is wider than it has to be', () => {
  const words = fc.array(fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom('a', 'b', '.') }))
  fc.assert(
    fc.property(words, fc.integer({ min: 30, max: 100 }), (given, width) => {
      const lines = wrappedLine(given.join(' '), width, 4)
      expect(lines.flatMap((line) => line.trim().split(' ')).join(' ')).toBe(given.join(' '))
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
    }),
  )
})
