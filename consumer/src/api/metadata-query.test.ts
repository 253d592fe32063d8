import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConsumerRequestError } from '../errors.ts'
import { termsOfQuery } from './metadata-query.ts'

test.each([
  ['family:Emotet', ['family:emotet']],
  ['Emotet', ['family:emotet']],
  ['mime:application/pdf AND name:"my invoice.pdf"', ['mime:application/pdf', 'name:my invoice.pdf']],
  ['scan.mimetype.mime:text/plain strings.domains:example.org', ['mime:text/plain', 'domain:example.org']],
  ['url:"http://example.org/?a=1"', ['url:http://example.org/?a=1']],
])('%s is understood', (query, terms) => {
  expect(termsOfQuery(query)).toEqual(terms)
})

test.each(['', '   ', 'size:7', 'family:Emo*', '__proto__:x', 'family:"open', 'a '.repeat(17)])(
  '%j is refused',
  (query) => {
    expect(() => termsOfQuery(query)).toThrow(ConsumerRequestError)
  },
)

test('any text gives terms or one error', () => {
  fc.assert(
    fc.property(fc.string(), (query) => {
      try {
        expect(termsOfQuery(query).length).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toBeInstanceOf(ConsumerRequestError)
      }
    }),
  )
})
