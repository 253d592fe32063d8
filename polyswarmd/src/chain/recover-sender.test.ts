import fc from 'fast-check'
import {
  type Hex,
  parseTransaction,
  recoverTransactionAddress,
  serializeTransaction,
  type TransactionSerializable,
  toHex,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { recoverSender } from './recover-sender.ts'

const to = `0x${'5e'.repeat(20)}` as const
const key = fc.bigInt({ min: 1n, max: 2n ** 255n }).map((number) => toHex(number, { size: 32 }))
const common = { to, nonce: fc.nat(), gas: fc.bigInt({ min: 0n, max: 10n ** 7n }) }
const data = fc.uint8Array({ maxLength: 300 }).map((bytes) => toHex(bytes))
const chainId = fc.integer({ min: 1, max: 2 ** 31 })
const transaction = fc.oneof(
  fc.record({
    ...common,
    to: fc.constant(to),
    type: fc.constant('legacy'),
    data,
    chainId,
    gasPrice: fc.bigInt(0n, 99n),
  }),
  fc.record({ ...common, to: fc.constant(to), type: fc.constant('legacy'), data }),
  fc.record({ ...common, to: fc.constant(to), type: fc.constant('eip2930'), data, chainId }),
  fc.record({ ...common, to: fc.constant(to), type: fc.constant('eip1559'), data, chainId }),
) as fc.Arbitrary<TransactionSerializable>

const signed = async (privateKey: Hex, tx: TransactionSerializable) =>
  (await privateKeyToAccount(privateKey).signTransaction(tx)) as `0x02${string}`

describe('recoverSender', () => {
  it('names who signed, whatever was signed', async () => {
    await fc.assert(
      fc.asyncProperty(key, transaction, async (privateKey, tx) => {
        const raw = await signed(privateKey, tx)
        expect(recoverSender(parseTransaction(raw))).toBe(privateKeyToAccount(privateKey).address)
      }),
      { numRuns: 60 },
    )
  })

  it('says of a signature that was tampered with what the plain arithmetic says of it', async () => {
    const tampered = fc.oneof(fc.constant(0n), fc.constant(2n ** 256n - 1n), fc.bigInt(1n, 2n ** 256n - 1n))
    await fc.assert(
      fc.asyncProperty(key, transaction, tampered, fc.boolean(), async (privateKey, tx, number, first) => {
        const parsed = parseTransaction(await signed(privateKey, tx))
        const other = { ...parsed, [first ? 'r' : 's']: toHex(number, { size: 32 }) } as TransactionSerializable

        const raw = serializeTransaction(other, other as never) as `0x02${string}`
        const expected = await recoverTransactionAddress({ serializedTransaction: raw }).catch(() => 'nobody')
        let found: string
        try {
          found = recoverSender(parseTransaction(raw))
        } catch {
          found = 'nobody'
        }
        expect(found).toBe(expected)
      }),
      { numRuns: 60 },
    )
  })

  it('refuses what is not signed', () => {
    expect(() => recoverSender({ to, type: 'legacy' })).toThrow('the transaction is not signed')
  })
})
