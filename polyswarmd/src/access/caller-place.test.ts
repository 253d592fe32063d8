import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeOf } from './caller-place.ts'

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::1', '0:0:0:0'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('%s counts as %s', (ip, place) => expect(placeOf(ip)).toBe(place))

test('whoever has one network of 2^64 addresses is one caller, and nobody of another is the same', () => {
  const part = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16))
  const network = fc.array(part, { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(network, network, network, network, (a, b, host, other) => {
      const of = (net: string[], rest: string[]) => placeOf([...net, ...rest].join(':'))
      expect(of(a, host)).toBe(of(a, other))
      expect(of(a, host) === of(b, host)).toBe(a.join(':') === b.join(':'))
    }),
  )
})
