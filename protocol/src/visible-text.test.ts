import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visibleText } from './visible-text.ts'

const text = fc.string({ unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), lone()) })

/** Any UTF-16 unit, with the halves of pairs. */
function lone(): fc.Arbitrary<string> {
  return fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit))
}

test.each([
  ['a control character', '\x1b[2J', '\\u001b[2J'],
  ['a C1 control', '\x9b2J', '\\u009b2J'],
  ['the end of a line', 'a\r\nERROR', 'a\\u000d\\u000aERROR'],
  ['line and paragraph separators', '\u2028\u2029', '\\u2028\\u2029'],
  ['an override', 'a\u202etxt.exe', 'a\\u202etxt.exe'],
  ['isolates', '\u2066\u2067\u2068\u2069', '\\u2066\\u2067\\u2068\\u2069'],
  ['marks of direction', '\u200e\u200f\u061c', '\\u200e\\u200f\\u061c'],
  ['what has no width', 'a\u200b\ufeff\u00ad\u3164', 'a\\u200b\\ufeff\\u00ad\\u3164'],
  ['half a pair', '\ud800x', '\\ud800x'],
  ['a tag beyond the first plane', '\u{e0041}', '\\udb40\\udc41'],
])('%s is shown as its code', (_, foreign, shown) => {
  expect(visibleText(foreign)).toBe(shown)
})

test('what people can read stays as it is, in every script', () => {
  for (const words of ['Größe 5 €', 'вирус', 'שלום', 'ウイルス 　', '😀 x=y "z" \\'])
    expect(visibleText(words)).toBe(words)
})

test('whatever the text, nothing invisible is left, and another time changes nothing', () => {
  fc.assert(
    fc.property(text, (foreign) => {
      const shown = visibleText(foreign)
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u)
      expect(visibleText(shown)).toBe(shown)
    }),
  )
})

test('a line of JSON means the same', () => {
  fc.assert(
    fc.property(fc.dictionary(text, text), (value) => {
      const line = JSON.stringify(value)
      expect(JSON.parse(visibleText(line))).toEqual(JSON.parse(line))
    }),
  )
})
