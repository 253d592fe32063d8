import { parseJson } from '@polyswarm/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseForeignJson } from './json-text.ts'

test('reads what parseJson reads, brackets in strings included', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 10 }), (value) => {
      const text = JSON.stringify(value)
      expect(parseForeignJson(text)).toEqual(parseJson(text))
    }),
  )
  expect(parseForeignJson(JSON.stringify({ text: `\\"${'['.repeat(1_000)}` }))).toEqual({
    text: `\\"${'['.repeat(1_000)}`,
  })
})

test('keeps integers of any size', () => {
  expect(parseForeignJson('{"amount":10000000000000000000000001}')).toEqual({
    amount: 10_000_000_000_000_000_000_000_001n,
  })
})

test('refuses nesting before it can exhaust the stack', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  expect(parseForeignJson(nested(64))).toBeDefined()
  expect(() => parseForeignJson(nested(65))).toThrow(SyntaxError)
  expect(() => parseForeignJson('{"a":'.repeat(1_000_000))).toThrow(SyntaxError)
})

test('refuses a document of more values than any of the market has, before they are made', () => {
  expect(parseForeignJson(`[${'1,'.repeat(16_382)}1]`)).toHaveLength(16_383)
  expect(() => parseForeignJson(`[${'1,'.repeat(2_000_000)}1]`)).toThrow('JSON of more than 16384 values')
})
