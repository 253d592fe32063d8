import { type MarketCall, newGuid, type QuoteResult } from '@polyswarm/protocol'
import fc from 'fast-check'
import { pino } from 'pino'
import { getAddress } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { QuoteRejectedError } from '../../errors.ts'
import { gasBoundsOf, intendedCalls, type MarketAction } from '../market/market-action.ts'
import { GasQuotes } from './gas-quotes.ts'

const address = (digit: string) => getAddress(`0x${digit.repeat(40)}`)
const market = { chainId: 1, nectarToken: address('1'), arbiterStaking: address('2'), bountyRegistry: address('3') }
const limits = { maxGas: 10_000_000n, maxGasPrice: 100n }
const settle: MarketAction = { kind: 'settle', guid: newGuid(), numArtifacts: 1 }
const stake: MarketAction = { kind: 'stake', amount: 5n }
const [bound = 0n] = gasBoundsOf(settle)

/** Calls that were asked about, request by request, and what is answered. */
let asked: (readonly MarketCall[])[]
let answer: Partial<QuoteResult>
let gas: bigint | null

beforeEach(() => {
  asked = []
  answer = {}
  gas = 1_000n
})

function newQuotes(confirmations = 12): GasQuotes {
  const ask = async (calls: readonly MarketCall[]): Promise<QuoteResult> => {
    asked.push(calls)
    const quoted = calls.map(() => ({ gas, error: null }))
    return { chain_id: 1, block: 5, nonce: 3, gas_price: 7n, calls: quoted, ...answer }
  }
  return new GasQuotes({ ask, market, limits, confirmations, logger: pino({ level: 'silent' }) })
}

describe('quotes', () => {
  it('are asked once a block, with the calls of an action only for the first of its kind', async () => {
    const quotes = newQuotes()
    const all = await Promise.all(Array.from({ length: 10 }, () => quotes.price([settle], 5, false)))
    expect(asked).toEqual([intendedCalls(market, settle)])
    expect(all.map(({ nonce }) => nonce)).toEqual(Array(10).fill(3))
    await quotes.fresh(5)
    await quotes.price([settle], 6, false)
    await quotes.price([settle], 6, false)
    expect(asked.slice(1)).toEqual([[]])
    await quotes.price([stake], 6, false)
    expect(asked.slice(2)).toEqual([intendedCalls(market, stake)])
  })

  it('are used again while the base fee does not rise, and not after so many blocks that the outbox has forgotten', async () => {
    for (const [confirmations, most] of [
      [12, 8],
      [3, 3],
    ] as const) {
      const quotes = newQuotes(confirmations)
      asked = []
      for (let block = 5; block <= 5 + most; block++) {
        quotes.hear(block, 7n)
        await quotes.price([settle], block, false)
      }
      expect(asked).toHaveLength(1)
      quotes.hear(6 + most, 7n)
      await quotes.price([settle], 6 + most, false)
      expect(asked).toHaveLength(2)
      quotes.hear(7 + most, 8n)
      await quotes.price([settle], 7 + most, false)
      expect(asked).toHaveLength(3)
    }
  })

  it('that tell of calls are as good for what is sent next', async () => {
    const quotes = newQuotes()
    await quotes.price([settle], 5, false)
    expect(await quotes.simulate(intendedCalls(market, stake), 6)).toHaveLength(2)
    await quotes.price([settle], 6, false)
    expect(asked).toHaveLength(2)
  })

  it('are asked anew, with the calls, for what failed before and after everything was dropped', async () => {
    const quotes = newQuotes()
    await quotes.price([settle], 5, false)
    await quotes.price([settle], 5, true)
    quotes.drop()
    await quotes.price([settle], 5, false)
    expect(asked.map(({ length }) => length)).toEqual([1, 1, 1])
  })

  it('leave recipient, calldata, value and chain to the participant', async () => {
    const { transactions } = await newQuotes().price([stake], 5, false)
    const calls = intendedCalls(market, stake)
    expect(transactions).toMatchObject(calls.map((call) => ({ ...call, value: 0n, chainId: 1, gasPrice: 7n })))
  })

  it('that the node cannot give leave the bound; that a call would revert keeps nothing from being sent', async () => {
    gas = null
    answer = { calls: [{ gas: null, error: 'Bounty not found' }] }
    const { transactions } = await newQuotes().price([settle], 5, false)
    expect(transactions[0]?.gas).toBe(bound)
  })
})

describe('what is beyond the limits is not signed', () => {
  it.each([
    ['chain id', { chain_id: 2 }, 1n],
    ['gas price', { gas_price: 101n }, 1n],
    ['gas', {}, 10_000_001n],
  ] as const)('%s', async (field, wrong, units) => {
    const quotes = newQuotes()
    answer = wrong
    gas = units
    await expect(quotes.price([settle], 5, false)).rejects.toThrow(QuoteRejectedError)
    await expect(quotes.price([settle], 5, false)).rejects.toMatchObject({ field })
    answer = {}
    gas = 1n
    expect((await quotes.price([settle], 6, false)).transactions[0]?.gas).toBe(bound)
  })

  it('gas is never less than a bound or than any quote, and never above the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.bigInt({ min: 1n, max: limits.maxGas }), { minLength: 1, maxLength: 5 }),
        async (all) => {
          const quotes = newQuotes()
          for (gas of all) await quotes.price([settle], 5, true)
          const [{ gas: limit } = { gas: 0n }] = (await quotes.price([settle], 5, false)).transactions
          const most = all.reduce((a, b) => (a > b ? a : b), bound)
          expect(limit).toBeGreaterThanOrEqual(most)
          expect(limit).toBeLessThanOrEqual(limits.maxGas)
        },
      ),
    )
  })
})
