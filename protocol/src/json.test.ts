import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson, stringifyJson } from './json.ts'

test('a bigint is written digit for digit, as clients that compare with == need it', () => {
  expect(stringifyJson({ payout: 2n ** 256n - 1n, zero: 0n, list: [-1n] })).toBe(
    '{"payout":115792089237316195423570985008687907853269984665640564039457584007913129639935,"zero":0,"list":[-1]}',
  )
})

test('integers beyond 2^53 stay exact, every other number stays a number', () => {
  expect(parseJson('[9007199254740991,9007199254740992,-9007199254740993,1.5,1e3,1e300,-0]')).toEqual([
    9_007_199_254_740_991,
    9_007_199_254_740_992n,
    -9_007_199_254_740_993n,
    1.5,
    1000,
    1e300,
    -0,
  ])
})

test('every integer survives', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }), (value) => {
      const back = parseJson(stringifyJson({ value })) as { value: number | bigint }
      expect(BigInt(back.value)).toBe(value)
    }),
  )
})

test('every document is read and written as JSON itself does', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(stringifyJson(parseJson(text)))).toEqual(JSON.parse(text))
    }),
  )
})

/** What the runtime's own reviver makes of a text: slow, and right. */
function revived(text: string): unknown {
  const { parse } = JSON as unknown as {
    parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
  }
  return parse(text, (_key, value, { source = '' }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? BigInt(source) : value,
  )
}

/** What a function makes of a text, or that it refuses it. */
function outcome(parse: (text: string) => unknown, text: string): unknown {
  try {
    return { value: parse(text) }
  } catch (error) {
    return (error as Error).name
  }
}

test('texts of the signs of JSON with long numbers among them are read, or refused, as the runtime does', () => {
  const sign = fc.oneof(
    { weight: 3, arbitrary: fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map(String) },
    fc.constantFrom('0123456789012345678', '1.12345678901234567', '-', '+', 'e5', '.', '12345678901234567e1', 'true'),
    { weight: 4, arbitrary: fc.constantFrom('[', ']', '{', '}', ',', ':', '"a"', '"__proto__"', '"\\"', '\\', ' ') },
  )
  const document = fc
    .json()
    .chain((json) =>
      fc
        .bigInt({ min: -(2n ** 80n), max: 2n ** 80n })
        .map((n) => json.replace(/-?\d+|"[^"]*"(?!:)/g, (x, at) => (at % 2 ? String(n) : x))),
    )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(sign, { maxLength: 12 }).map((parts) => parts.join('')),
        document,
      ),
      (text) => {
        expect(outcome(parseJson, text)).toEqual(outcome(revived, text))
      },
    ),
    { numRuns: 3_000 },
  )
})

test('a member named __proto__ keeps its exact integer and stays a member', () => {
  const value = parseJson('{"__proto__":{"big":9007199254740993},"x":9007199254740993}') as Record<string, unknown>
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  expect(Object.getOwnPropertyDescriptor(value, '__proto__')?.value).toEqual({ big: 9_007_199_254_740_993n })
})

test('a number of more than 400 digits is refused before it is read, of whatever form', () => {
  expect(parseJson(`-${'9'.repeat(399)}`)).toBe(-(10n ** 399n - 1n))
  for (const number of ['9'.repeat(401), `1.${'1'.repeat(400)}`, `1e${'1'.repeat(400)}`, '9'.repeat(4_000_000)]) {
    expect(() => parseJson(`{"a":[${number}]}`)).toThrow('JSON with a number of more than 400 digits')
  }
  expect(parseJson(`"${'9'.repeat(401)}"`)).toBe('9'.repeat(401))
})

test('nesting and, where it is asked for, the number of values are bounded', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  expect(parseJson(nested(64))).toBeDefined()
  expect(() => parseJson(nested(65))).toThrow('JSON nested more than 64 levels')
  expect(parseJson('[1,2,3]', { values: 3 })).toEqual([1, 2, 3])
  expect(() => parseJson('[1,2,3,4]', { values: 3 })).toThrow('JSON of more than 3 values')
  expect(() => parseJson('[[],[],{}]', { values: 3 })).toThrow('JSON of more than 3 values')
  expect(parseJson('[",[{,,,,"]', { values: 3 })).toEqual([',[{,,,,'])
})

test('exact integers cost no call for each other value of a document', () => {
  const seen: unknown[] = []
  const { parse } = JSON
  const watched: typeof JSON.parse = (text, reviver) => {
    seen.push(reviver)
    return parse(text, reviver)
  }
  JSON.parse = watched
  try {
    parseJson(`[${'1,'.repeat(100_000)}9007199254740993]`)
  } finally {
    JSON.parse = parse
  }
  expect(seen).toEqual([undefined])
})

test('a digit string stays a string', () => {
  expect(parseJson('"10000000000000000000000000"')).toBe('10000000000000000000000000')
})

test('a document cannot reach the prototype of what it becomes', () => {
  const value = parseJson('{"__proto__":{"polluted":true}}') as Record<string, unknown>
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('a document that would exhaust the stack is refused like any other that cannot be read', () => {
  expect(() => parseJson('['.repeat(1_000_000) + ']'.repeat(1_000_000))).toThrow(SyntaxError)
})

test.each(['', '{', '[1,]', '01', 'NaN', '1n'])('%j is not JSON', (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError)
})
