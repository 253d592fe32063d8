import fc from 'fast-check'
import { keccak256 } from 'viem'
import { expect, test } from 'vitest'
import { commitmentOf, newNonce, sealedCommitmentOf } from './commitment.ts'
import { InvalidNonceError } from './errors.ts'
import { guidFromUint128 } from './guid.ts'

const author = `0x${'3'.repeat(40)}` as const
const word = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })
const nonce = fc.bigInt({ min: 1n, max: 2n ** 256n - 1n })
const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => `0x${bytes.toHex()}` as const)

/** The rule of the specification once more, on bytes instead of on integers. */
function commitmentOfBytes(verdicts: bigint, secret: bigint, account: string): bigint {
  const bytes = (value: bigint) => Uint8Array.fromHex(value.toString(16).padStart(64, '0'))
  const [a, b, c] = [bytes(verdicts), keccak256(bytes(secret), 'bytes'), bytes(BigInt(account))]
  return BigInt(keccak256(a.map((byte, i) => byte ^ (b[i] ?? 0) ^ (c[i] ?? 0))))
}

test('a commitment is keccak256 of verdicts, hashed nonce and address, each a word, xored', () => {
  fc.assert(
    fc.property(word, nonce, address, (verdicts, secret, account) => {
      expect(commitmentOf({ verdicts, nonce: secret, author: account })).toBe(
        commitmentOfBytes(verdicts, secret, account),
      )
    }),
  )
})

test('the commitment to "malicious" with nonce 1 never changes', () => {
  expect(commitmentOf({ verdicts: 1n, nonce: 1n, author })).toBe(commitmentOfBytes(1n, 1n, author))
  expect(commitmentOf({ verdicts: 1n, nonce: 1n, author }).toString(16)).toMatchInlineSnapshot(
    `"df73f8fc45d08cec648c78501a8187c6af4a53cf3677833ce7fa88c09809ed97"`,
  )
})

test('another verdict, nonce or author has another commitment, and letter case makes no difference', () => {
  fc.assert(
    fc.property(word, nonce, address, fc.nat(255), (verdicts, secret, account, bit) => {
      const commitment = commitmentOf({ verdicts, nonce: secret, author: account })
      expect(commitmentOf({ verdicts: verdicts ^ (1n << BigInt(bit)), nonce: secret, author: account })).not.toBe(
        commitment,
      )
      expect(commitmentOf({ verdicts, nonce: (secret % (2n ** 256n - 1n)) + 1n, author: account })).not.toBe(commitment)
      const upper = `0x${account.slice(2).toUpperCase()}` as const
      expect(commitmentOf({ verdicts, nonce: secret, author: upper })).toBe(commitment)
    }),
  )
})

test.each([0n, -1n, 2n ** 256n])('the nonce %d is refused', (refused) => {
  expect(() => commitmentOf({ verdicts: 1n, nonce: refused, author })).toThrow(InvalidNonceError)
})

test('new nonces are usable, differ and use all 32 bytes', () => {
  const nonces = Array.from({ length: 200 }, newNonce)
  for (const drawn of nonces) expect(commitmentOf({ verdicts: 0n, nonce: drawn, author })).toBeTypeOf('bigint')
  expect(new Set(nonces).size).toBe(200)
  expect(nonces.some((drawn) => drawn >> 248n !== 0n)).toBe(true)
  expect(nonces.some((drawn) => (drawn & 0xffn) !== 0n)).toBe(true)
})

const guid = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map(guidFromUint128)
const sealed = fc.record({
  ...{ guid, author: address, mask: word, verdicts: word, nonce },
  metadata: fc.string({ unit: 'binary', maxLength: 60 }),
})

type Sealed = Parameters<typeof sealedCommitmentOf>[0]

/** The rule of the contract once more, on bytes. */
function sealedOfBytes({ guid, author: account, mask, verdicts, metadata, nonce: secret }: Sealed): bigint {
  const bytes = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
  const words = [BigInt(`0x${guid.replaceAll('-', '')}`), BigInt(account), verdicts & mask]
  const hashed = keccak256(Buffer.from(metadata), 'bytes')
  return BigInt(keccak256(Buffer.concat([...words.map(bytes), hashed, bytes(secret)])))
}

test('a sealed commitment is keccak256 of guid, address, verdicts, hashed metadata and nonce, each a word', () => {
  fc.assert(
    fc.property(sealed, (secret) => {
      expect(sealedCommitmentOf(secret)).toBe(sealedOfBytes(secret))
    }),
  )
  const fixed = { guid: guidFromUint128(7n), author, mask: 1n, verdicts: 1n, nonce: 1n, metadata: 'Qm' }
  expect(sealedCommitmentOf(fixed).toString(16)).toMatchInlineSnapshot(
    `"74b855702e3a8c1bcf3ea5d9d81c6783584607007bb7d138803297fab96a8f73"`,
  )
})

test('a sealed commitment is another for any other part, and the same for verdicts outside of the mask', () => {
  fc.assert(
    fc.property(sealed, sealed, fc.nat(255), (secret, other, bit) => {
      const commitment = sealedCommitmentOf(secret)
      for (const part of ['guid', 'author', 'nonce', 'metadata'] as const) {
        const same = secret[part] === other[part]
        expect(sealedCommitmentOf({ ...secret, [part]: other[part] }) === commitment).toBe(same)
      }
      const flipped = sealedCommitmentOf({ ...secret, verdicts: secret.verdicts ^ (1n << BigInt(bit)) })
      expect(flipped === commitment).toBe(((secret.mask >> BigInt(bit)) & 1n) === 0n)
    }),
  )
})

test.each([0n, -1n, 2n ** 256n])('a sealed commitment refuses the nonce %d', (refused) => {
  const secret = { guid: guidFromUint128(7n), author, mask: 1n, verdicts: 1n, metadata: '' }
  expect(() => sealedCommitmentOf({ ...secret, nonce: refused })).toThrow(InvalidNonceError)
})
