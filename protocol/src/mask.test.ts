import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvalidMaskError } from './errors.ts'
import { booleansFromMask, countBits, fullMask, hasBit, MAX_ARTIFACTS, maskFromBooleans } from './mask.ts'

const booleans = fc.array(fc.boolean(), { maxLength: MAX_ARTIFACTS })

test('artifact 0 is the least significant bit', () => {
  expect(maskFromBooleans([true, false, false])).toBe(1n)
  expect(maskFromBooleans([false, false, true])).toBe(4n)
  expect(maskFromBooleans(Array(256).fill(true))).toBe(2n ** 256n - 1n)
  expect(booleansFromMask(6n, 4)).toEqual([false, true, true, false])
})

test('booleans survive being packed and unpacked', () => {
  fc.assert(
    fc.property(booleans, (bits) => {
      const mask = maskFromBooleans(bits)
      expect(booleansFromMask(mask, bits.length)).toEqual(bits)
      expect(countBits(mask)).toBe(bits.filter(Boolean).length)
      for (const [index, bit] of bits.entries()) expect(hasBit(mask, index)).toBe(bit)
    }),
  )
})

test('an unpacked set is padded to the artifacts, and a bit beyond them stays visible', () => {
  expect(booleansFromMask(0n, 3)).toEqual([false, false, false])
  expect(booleansFromMask(8n, 2)).toEqual([false, false, false, true])
  expect(booleansFromMask(0n, 0)).toEqual([])
})

test('the full set has every artifact and no other', () => {
  for (const numArtifacts of [1, 2, 255, 256]) {
    expect(countBits(fullMask(numArtifacts))).toBe(numArtifacts)
    expect(hasBit(fullMask(numArtifacts), numArtifacts)).toBe(false)
  }
})

test.each([0, -1, 257, 1.5, Number.NaN])('no bounty has %d artifacts', (numArtifacts) => {
  expect(() => fullMask(numArtifacts)).toThrow(InvalidMaskError)
})

test('what does not fit 256 bits is refused', () => {
  expect(() => maskFromBooleans(Array(257).fill(false))).toThrow(InvalidMaskError)
  expect(() => booleansFromMask(2n ** 256n, 1)).toThrow(InvalidMaskError)
  expect(() => booleansFromMask(-1n, 1)).toThrow(InvalidMaskError)
  expect(() => booleansFromMask(0n, 257)).toThrow(InvalidMaskError)
})

test('a list that is too long is refused before any of it is read', () => {
  const answers = new Proxy<boolean[]>([], {
    get(_target, property) {
      if (property === 'length') return 1_000_000
      throw new Error(`read ${String(property)}`)
    },
  })
  expect(() => maskFromBooleans(answers)).toThrow(InvalidMaskError)
})
