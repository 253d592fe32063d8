import fc from 'fast-check'
import { keccak256, stringToHex } from 'viem'
import { expect, test } from 'vitest'
import { bloomOf } from './bloom.ts'

const contentAddress = fc.string({ minLength: 1, maxLength: 60 })

/** The filter of the specification as a set of bit numbers, bit 0 the least significant of the last word. */
function bitsOfAddresses(addresses: readonly string[]): Set<number> {
  return new Set(
    addresses.flatMap((text) => {
      const hash = keccak256(stringToHex(text)).slice(2)
      return [0, 1, 2, 3, 4, 5, 6, 7].map((i) => Number.parseInt(hash.slice(4 * i, 4 * i + 4), 16) % 2048)
    }),
  )
}

function bitsOfFilter(words: readonly bigint[]): Set<number> {
  const binary = words.map((word) => word.toString(2).padStart(256, '0')).join('')
  return new Set([...binary].flatMap((bit, index) => (bit === '1' ? [2047 - index] : [])))
}

test('of each content address, eight bits are set, and no other', () => {
  fc.assert(
    fc.property(fc.array(contentAddress, { maxLength: 20 }), (addresses) => {
      const bloom = bloomOf(addresses)
      expect(bloom).toHaveLength(8)
      expect(bitsOfFilter(bloom)).toEqual(bitsOfAddresses(addresses))
    }),
  )
})

test('order and repetition make no difference, and a filter only grows', () => {
  fc.assert(
    fc.property(fc.array(contentAddress, { minLength: 1, maxLength: 8 }), contentAddress, (addresses, another) => {
      const bloom = bloomOf(addresses)
      expect(bloomOf([...addresses, ...addresses].reverse())).toEqual(bloom)
      const larger = bloomOf([...addresses, another])
      for (const [index, word] of bloom.entries()) expect(word & (larger[index] ?? 0n)).toBe(word)
    }),
  )
})

test('the filter of one known file never changes', () => {
  expect(
    bloomOf(['QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o']).map((word) => word.toString(16)),
  ).toMatchInlineSnapshot(`
    [
      "0",
      "1000000000000000000",
      "0",
      "200000000000000000000000000000000000000000000000000",
      "10000000000000000000000000000000000000000000000000000000000",
      "100000000000000000010000000000000000000000040000000008000",
      "0",
      "200000000000000000000000000000000000000000000000000",
    ]
  `)
})

test('no artifacts, no bits', () => {
  expect(bloomOf([])).toEqual([0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n])
})
