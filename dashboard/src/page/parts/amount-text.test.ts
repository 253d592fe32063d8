import { baseUnits, parseNct } from '@polyswarm/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { amountText } from './amount-text.ts'

test.each([
  ['0', '0'],
  ['2.0625', '2.0625'],
  ['1885913075.851542181982426285', '1\u202f885\u202f913\u202f075.8515'],
  ['0.00001', '<0.0001'],
  ['0.99999', '0.9999'],
])('%s NCT is read as %s', (amount, text) => {
  expect(amountText(parseNct(amount))).toBe(text)
})

test('an amount never reads as more than it is', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (units) => {
      const text = amountText(units).replaceAll('\u202f', '')
      if (text.startsWith('<')) expect(units).toBeLessThan(parseNct('0.0001'))
      else expect(parseNct(text.length > 60 ? '0' : text)).toBeLessThanOrEqual(baseUnits(units))
    }),
  )
})
