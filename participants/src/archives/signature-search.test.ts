import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EMBEDDED_FORMATS } from './container-formats.ts'
import { type Signature, SignatureSearch } from './signature-search.ts'

/** Each signature looked for by itself, from the beginning to the end. */
function oneAfterTheOther(signatures: readonly Signature[], content: Buffer, most: number): [number, number][] {
  return signatures.flatMap(({ signature, at: inFile }, index) => {
    const found: [number, number][] = []
    let at = content.indexOf(signature, inFile)
    while (at >= 0 && found.length < most) {
      found.push([index, at - inFile])
      at = content.indexOf(signature, at + signature.length)
    }
    return found
  })
}

function allAtOnce(signatures: readonly Signature[], content: Buffer, most: number): [number, number][] {
  const found = signatures.map((): [number, number][] => [])
  new SignatureSearch(signatures).search(content, (index, start) => {
    found[index]?.push([index, start])
    return (found[index]?.length ?? 0) < most
  })
  return found.flat()
}

/** So few different bytes that signatures overlap themselves and each other. */
const few = (sizes: { minLength?: number; maxLength: number }) =>
  fc.array(fc.constantFrom(0x30, 0x37, 0x00, 0xff), sizes).map((bytes) => Buffer.from(bytes))

/** A part of a larger memory, at an even or an odd place. */
const placed: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.nat(3),
    fc.oneof(
      few({ maxLength: 200 }),
      fc.array(piece(), { maxLength: 12 }).map((all) => Buffer.concat(all)),
    ),
  )
  .map(([before, content]) =>
    Buffer.concat([Buffer.alloc(before, 0x30), content, Buffer.alloc(3, 0x37)]).subarray(
      before,
      before + content.length,
    ),
  )

/** A signature, a part of one, or bytes that have nothing to do with any. */
function piece(): fc.Arbitrary<Buffer> {
  const whole = fc.constantFrom(...EMBEDDED_FORMATS.map(({ signature }) => signature))
  const part = fc.tuple(whole, fc.nat(8)).map(([signature, length]) => signature.subarray(0, length))
  return fc.oneof(
    whole,
    part,
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  )
}

describe('SignatureSearch', () => {
  it('finds what looking for each signature by itself finds, also where they overlap', () => {
    const signature = fc.record({ signature: few({ minLength: 3, maxLength: 8 }), at: fc.nat(6) })
    fc.assert(
      fc.property(
        fc.array(signature, { maxLength: 12 }),
        placed,
        fc.integer({ min: 1, max: 9 }),
        (signatures, content, most) => {
          expect(allAtOnce(signatures, content, most)).toEqual(oneAfterTheOther(signatures, content, most))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('finds the formats of archives wherever they begin', () => {
    fc.assert(
      fc.property(placed, (content) => {
        expect(allAtOnce(EMBEDDED_FORMATS, content, 64)).toEqual(oneAfterTheOther(EMBEDDED_FORMATS, content, 64))
      }),
      { numRuns: 2_000 },
    )
  })

  it('takes no signature that could stand between two pairs', () => {
    expect(() => new SignatureSearch([{ signature: Buffer.from('PK'), at: 0 }])).toThrow(RangeError)
  })
})
