import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseNct } from './amount.ts'
import { amountText } from './amount-text.ts'

test.each([
  ['17.137499999999999997', '17.1375'],
  ['0.765625', '0.7656'],
  ['0.000000000000000003', '<0.0001'],
  ['2', '2'],
  ['0', '0'],
])('%s is shown as %s', (exact, shown) => {
  expect(amountText(parseNct(exact))).toBe(shown)
})

test('what is shown is at most half of the last place off, with the sign of the amount', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 28n), 10n ** 28n), (amount) => {
      const text = amountText(amount)
      expect(text).toMatch(/^-?<?\d+(\.\d{1,4})?$/)
      expect(text.startsWith('-')).toBe(amount < 0n)
      if (text.includes('<')) return
      const size = amount < 0n ? -amount : amount
      const difference = parseNct(text.replace('-', '')) - size
      expect(difference <= 5n * 10n ** 13n && difference >= -5n * 10n ** 13n).toBe(true)
    }),
  )
})
