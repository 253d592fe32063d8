import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { GasPrices } from './gas-prices.ts'
import type { ActionKind } from './market-action.ts'
import type { VerifiedTransaction } from './transaction-verification.ts'

const transaction = (gas: bigint, gasPrice: bigint) => ({ gas, gasPrice }) as VerifiedTransaction

/** Has an action of a kind built, whose only transaction should need 1,000 gas at most. */
function build(
  prices: GasPrices,
  kind: ActionKind,
  block: number,
  { gas = 900n, gasPrice = 7n } = {},
): Promise<unknown> {
  const built = Promise.resolve([transaction(gas, gasPrice)])
  prices.learn(block, { kind, bounds: [1_000n], built })
  return prices.at(kind, block) ?? Promise.reject(new Error('the price is not kept'))
}

describe('the price of gas', () => {
  it('counts for the block that it was learned in and the next, for all kinds that were built once', async () => {
    const prices = new GasPrices()
    expect(prices.at('assert', 5)).toBeUndefined()
    await build(prices, 'reveal', 4)
    await build(prices, 'assert', 5, { gasPrice: 9n })
    expect(await prices.at('reveal', 6)).toBe(9n)
    expect(prices.at('reveal', 7)).toBeUndefined()
    expect(prices.at('settle', 6)).toBeUndefined()
    prices.drop()
    expect(prices.at('assert', 6)).toBeUndefined()
  })

  it('is not learned from what could not be built, nor is the kind then known', async () => {
    const prices = new GasPrices()
    prices.learn(5, { kind: 'assert', bounds: [1_000n], built: Promise.reject(new Error('refused')) })
    expect(await prices.at('assert', 5)).toBeUndefined()
    await build(prices, 'reveal', 5)
    expect(prices.at('assert', 5)).toBeUndefined()
  })
})

it('others do not wait for long for what is being built', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const prices = new GasPrices()
  const { promise: built, resolve } = Promise.withResolvers<VerifiedTransaction[]>()
  prices.learn(5, { kind: 'assert', bounds: [1_000n], built })
  const price = prices.at('assert', 5)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await price).toBeUndefined()
  resolve([transaction(900n, 7n)])
  await built
  expect(await prices.at('assert', 5)).toBeUndefined()
})

it('limits grow with what the daemon ever gave beyond a bound, never less than a bound, and enough for what it gave', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.bigInt({ min: 1n, max: 100_000n }), { minLength: 1, maxLength: 5 }), async (all) => {
      const prices = new GasPrices()
      for (const gas of all) await build(prices, 'assert', 1, { gas })
      const [limit = 0n] = prices.limits([1_000n])
      const most = all.reduce((a, b) => (a > b ? a : b), 1_000n)
      expect(limit).toBeGreaterThanOrEqual(most)
      expect(limit).toBeLessThanOrEqual(most + 10n)
    }),
  )
})
