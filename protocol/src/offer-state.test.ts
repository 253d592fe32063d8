import fc from 'fast-check'
import { getAddress, type Hex, numberToHex } from 'viem'
import { expect, test } from 'vitest'
import { guidFromUint128 } from './guid.ts'
import { decodeOfferState, encodeOfferState, type OfferState, offerStateWord } from './offer-state.ts'

const uint = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n })
const address = uint(160).map((value) => getAddress(numberToHex(value, { size: 20 })))
const word = uint(256).map((value): Hex => numberToHex(value, { size: 32 }))

/** Any state that a channel could be given. */
const offerState: fc.Arbitrary<Required<OfferState>> = fc.record({
  isClosed: fc.boolean(),
  sequence: uint(256),
  ambassador: address,
  expert: address,
  channel: address,
  ambassadorBalance: uint(256),
  expertBalance: uint(256),
  token: address,
  guid: uint(128).map(guidFromUint128),
  offerAmount: uint(256),
  artifactHash: word,
  ipfsHash: word,
  engagementDeadline: word,
  assertionDeadline: word,
  mask: uint(256),
  verdicts: uint(256),
  metadata: word,
})

test('what is written is read back, and read bytes are written back', () => {
  fc.assert(
    fc.property(offerState, (state) => {
      const bytes = encodeOfferState(state)
      expect(bytes).toMatch(/^0x[0-9a-f]{1088}$/)
      expect(decodeOfferState(bytes)).toEqual(state)
      expect(encodeOfferState(decodeOfferState(bytes.toUpperCase().replace('X', 'x') as Hex))).toBe(bytes)
    }),
  )
})

test('words that are left out are zero', () => {
  const party = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
  const bytes = encodeOfferState({
    isClosed: true,
    sequence: 2n,
    ambassador: party,
    expert: party,
    channel: party,
    ambassadorBalance: 3n,
    expertBalance: 4n,
    token: party,
    guid: guidFromUint128(5n),
    offerAmount: 6n,
    mask: 7n,
    verdicts: 8n,
  })
  const words = bytes
    .slice(2)
    .match(/.{64}/g)
    ?.map((hex) => BigInt(`0x${hex}`))
  const account = BigInt(party)
  expect(words).toEqual([1n, 2n, account, account, account, 3n, 4n, account, 5n, 6n, 0n, 0n, 0n, 0n, 7n, 8n, 0n])
})

test.each([
  ['sixteen words', `0x${'00'.repeat(512)}`],
  ['eighteen words', `0x${'00'.repeat(576)}`],
  ['no hexadecimal digits', `0x${'zz'.repeat(544)}`],
  ['no prefix', '00'.repeat(545)],
  ['nothing', '0x'],
  ['a close flag of 2', `0x${'00'.repeat(31)}02${'00'.repeat(512)}`],
  ['an address of 21 bytes', `0x${'00'.repeat(64)}${'00'.repeat(11)}01${'00'.repeat(468)}`],
  ['a guid of 129 bits', `0x${'00'.repeat(256)}${'00'.repeat(15)}01${'00'.repeat(272)}`],
])('%s is no state', (_case, bytes) => {
  expect(() => decodeOfferState(bytes as Hex)).toThrow(/^An offer state /)
})

test('values beyond their word are refused', () => {
  fc.assert(
    fc.property(offerState, uint(200), (state, over) => {
      const large = 2n ** 256n + over
      for (const key of [
        'sequence',
        'ambassadorBalance',
        'expertBalance',
        'offerAmount',
        'mask',
        'verdicts',
      ] as const) {
        expect(() => encodeOfferState({ ...state, [key]: large })).toThrow(/beyond 256 bits/)
        expect(() => encodeOfferState({ ...state, [key]: -1n })).toThrow(/beyond 256 bits/)
      }
      expect(() => encodeOfferState({ ...state, metadata: `0x${'00'.repeat(33)}` })).toThrow(/up to 32 bytes/)
      expect(() => encodeOfferState({ ...state, expert: '0x12' })).toThrow(/no address as its expert/)
    }),
  )
})

test('a text becomes a word as the API of offers says', () => {
  expect(offerStateWord('')).toBe(`0x${'00'.repeat(32)}`)
  expect(offerStateWord('0xABC')).toBe(`0x${'0'.repeat(61)}abc`)
  expect(offerStateWord('äb')).toBe(`0x${'0'.repeat(58)}c3a462`)
  expect(() => offerStateWord('x'.repeat(33))).toThrow(/up to 32 bytes/)
  expect(() => offerStateWord('0xnothex')).toThrow(/up to 32 bytes/)
})
