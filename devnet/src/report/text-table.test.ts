import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainText, textTable } from './text-table.js'

test('columns line up, whatever colours the cells have', () => {
  expect(
    textTable([
      ['artifact', 'truth'],
      ['a.txt', '\x1b[31mmalicious\x1b[39m'],
      ['longer-name.bin', 'benign'],
    ]),
  ).toEqual([
    'artifact         truth',
    '──────────────────────────',
    'a.txt            \x1b[31mmalicious\x1b[39m',
    'longer-name.bin  benign',
  ])
})

test('a name from outside cannot move the cursor, clear the screen or run on for ever', () => {
  expect(plainText('\x1b[2J\x1b]0;owned\x07evil\r\n.exe')).not.toMatch(/[\p{Cc}]/u)
  expect(plainText('invoice\u202Efdp.exe')).not.toContain('\u202E')
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const plain = plainText(name)
      return !/\p{Cc}/u.test(plain) && plain.length <= 41
    }),
  )
})
