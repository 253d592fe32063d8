import { type MarketCall, newGuid, type UnsignedTransaction } from '@polyswarm/protocol'
import * as fc from 'fast-check'
import { getAddress } from 'viem'
import { describe, expect, it } from 'vitest'
import { TransactionMismatchError } from '../errors.ts'
import { intendedCalls } from './market-action.ts'
import { verifyTransactions } from './transaction-verification.ts'

const market = {
  chainId: 1338,
  nectarToken: getAddress(`0x${'1'.repeat(40)}`),
  arbiterStaking: getAddress(`0x${'2'.repeat(40)}`),
  bountyRegistry: getAddress(`0x${'3'.repeat(40)}`),
}
const limits = { chainId: 1338, maxGas: 1_000_000n, maxGasPrice: 100n }
const guid = newGuid()

const calls = intendedCalls(market, {
  kind: 'assert',
  order: { guid, bids: [5n, 7n], mask: 3n, commitment: 99n },
  assertionFee: 1n,
  numArtifacts: 2,
})

function honest(intended: readonly MarketCall[]): UnsignedTransaction[] {
  return intended.map(({ to, data }, nonce) => ({
    to,
    data,
    nonce,
    chainId: 1338,
    gas: 9_000n,
    gasPrice: 1n,
    value: 0n,
  }))
}

function expectRefused(built: UnsignedTransaction[], field: string): void {
  expect(() => verifyTransactions(built, calls, limits)).toThrow(TransactionMismatchError)
  try {
    verifyTransactions(built, calls, limits)
  } catch (error) {
    expect((error as TransactionMismatchError).field).toBe(field)
  }
}

function withFirst(change: Partial<UnsignedTransaction>): UnsignedTransaction[] {
  const [first, ...rest] = honest(calls)
  if (!first) throw new Error('there is one')
  return [{ ...first, ...change }, ...rest]
}

describe('verifyTransactions', () => {
  it('passes what is meant, and keeps the nonce of the daemon out', () => {
    const verified = verifyTransactions(honest(calls), calls, limits)
    expect(verified.map(({ to, data }) => ({ to, data }))).toEqual(calls)
    expect(verified[0]).not.toHaveProperty('nonce')
  })

  it.each<[string, Partial<UnsignedTransaction>]>([
    ['chainId', { chainId: 1 }],
    ['to', { to: market.bountyRegistry }],
    ['to', { to: getAddress(`0x${'4'.repeat(40)}`) }],
    ['data', { data: '0x' }],
    ['value', { value: 1n }],
    ['gas', { gas: 1_000_001n }],
    ['gas', { gas: 0n }],
    ['gasPrice', { gasPrice: 101n }],
  ])('refuses another %s', (field, change) => {
    expectRefused(withFirst(change), field)
  })

  it('refuses one more, one less, and another order', () => {
    expectRefused([...honest(calls), ...honest(calls.slice(0, 1))], 'count')
    expectRefused(honest(calls).slice(0, 1), 'count')
    expectRefused([], 'count')
    expectRefused(honest(calls).reverse(), 'to')
  })

  it('refuses any single changed digit of the calldata', () => {
    const [first] = honest(calls)
    const data = first?.data ?? '0x'
    fc.assert(
      fc.property(fc.integer({ min: 2, max: data.length - 1 }), fc.integer({ min: 1, max: 15 }), (at, shift) => {
        const digit = ((Number.parseInt(data[at] ?? '0', 16) + shift) % 16).toString(16)
        expectRefused(withFirst({ data: `0x${data.slice(2, at)}${digit}${data.slice(at + 1)}` }), 'data')
      }),
    )
  })

  it('refuses an approval of another spender or amount', () => {
    const others = intendedCalls(market, { kind: 'stake', amount: 13n })
    expectRefused(honest([others[0] as MarketCall, calls[1] as MarketCall]), 'data')
  })
})
