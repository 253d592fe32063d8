import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../errors.ts'
import { LinearPattern } from './linear-pattern.ts'

describe('a pattern over foreign text', () => {
  it('is found as JavaScript would find it', () => {
    const source = fc.stringMatching(/^[ab.|]{1,8}$/).filter((text) => !/^\||\|\||\|$/.test(text))
    fc.assert(
      fc.property(
        source,
        fc.stringMatching(/^[abc\n]{0,20}$/),
        fc.constantFrom('', 'i', 'm', 's', 'u'),
        (pattern, text, flags) => {
          expect(new LinearPattern('--x', pattern, flags).test(text)).toBe(new RegExp(pattern, flags).test(text))
        },
      ),
    )
  })

  it('names its groups', () => {
    const pattern = new LinearPattern('--x', 'FOUND: (?<family>\\w+)( (?<other>x))?', 'i')
    expect(pattern.group('found: Emotet', 'family')).toBe('Emotet')
    expect(pattern.group('found: Emotet', 'other')).toBeUndefined()
    expect(pattern.group('found: Emotet', 'constructor')).toBeUndefined()
    expect(pattern.group('nothing', 'family')).toBeUndefined()
  })

  // With the runtime's own engine none of these would ever come to an end.
  it.each(['^(a+)+$', '^(a|aa)+$', '(a*)*b', '^(([a-z])+.)+[A-Z]([a-z])+$'])('%s ends, whatever the text', (source) => {
    expect(new LinearPattern('--x', source).test(`${'a'.repeat(64 * 1024)}!`)).toBe(false)
  })

  it.each(['(?=a)', '(?<!a)b', '(a)\\1', '(', 'a{1,100000}'])('%s is refused, and it is said why', (source) => {
    expect(() => new LinearPattern('--filter', source)).toThrow(InvalidOptionError)
    expect(() => new LinearPattern('--filter', source)).toThrow(/^--filter: .*no look-around, no back-references/)
  })
})
