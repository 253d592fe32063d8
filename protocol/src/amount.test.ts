import fc from 'fast-check'
import { expect, test } from 'vitest'
import { baseUnits, formatNct, parseBaseUnits, parseNct } from './amount.ts'
import { InvalidAmountError } from './errors.ts'

const UINT256_MAX = 2n ** 256n - 1n
const anyAmount = fc.bigInt({ min: 0n, max: UINT256_MAX })

test.each([
  ['0.0625', 62_500_000_000_000_000n],
  ['0.03125', 31_250_000_000_000_000n],
  ['2', 2_000_000_000_000_000_000n],
  ['0.000000000000000001', 1n],
  ['10000000', 10n ** 25n],
  ['1885913075.85', 1_885_913_075_850_000_000_000_000_000n],
])('%s NCT are so many base units, and are written the same way again', (text, units) => {
  expect(parseNct(text)).toBe(units)
  expect(formatNct(units)).toBe(text)
})

test('every amount survives being written and read, in NCT and in base units', () => {
  fc.assert(
    fc.property(anyAmount, (units) => {
      expect(parseNct(formatNct(units))).toBe(units)
      expect(parseBaseUnits(units.toString())).toBe(units)
      expect(baseUnits(units)).toBe(units)
    }),
  )
})

test('a difference keeps its sign', () => {
  expect(formatNct(-62_500_000_000_000_000n)).toBe('-0.0625')
  expect(formatNct(0n)).toBe('0')
})

const notDigits = ['', ' ', ' 1', '1 ', '1\n', '-1', '+1', '1e18', '0x10', '1_000', '1,5', '١', 'Infinity', 'NaN']

test.each([...notDigits, '.5', '1.', '1.5.5', `0.${'0'.repeat(18)}1`, '9'.repeat(60), '9'.repeat(61)])(
  '%j is no amount of NCT',
  (text) => {
    expect(() => parseNct(text)).toThrow(InvalidAmountError)
  },
)

test.each([...notDigits, '1.0', (UINT256_MAX + 1n).toString(), '0'.repeat(79)])(
  '%j is no number of base units',
  (text) => {
    expect(() => parseBaseUnits(text)).toThrow(InvalidAmountError)
  },
)

test('nothing outside 256 bits becomes an amount', () => {
  expect(() => baseUnits(-1n)).toThrow(InvalidAmountError)
  expect(() => baseUnits(UINT256_MAX + 1n)).toThrow(InvalidAmountError)
})

test('the refusal of a long text quotes only its beginning', () => {
  const attempt = () => parseNct('x'.repeat(1_000_000))
  expect(attempt).toThrow(/^"x{80}" is not an amount/)
})
