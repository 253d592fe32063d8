import { approveCall, newGuid, parseNct } from '@polyswarm/protocol'
import { getAddress } from 'viem'
import { describe, expect, it } from 'vitest'
import { intendedCalls, type MarketAction } from '../market/market-action.ts'
import { withStandingAllowance } from './standing-allowance.ts'

const address = (digit: string) => getAddress(`0x${digit.repeat(40)}`)
const market = { chainId: 1, nectarToken: address('1'), arbiterStaking: address('2'), bountyRegistry: address('3') }
const guid = newGuid()
const assert: MarketAction = {
  kind: 'assert',
  order: { guid, bids: [parseNct('1')], mask: 1n, commitment: 5n },
  assertionFee: parseNct('0.5'),
  numArtifacts: 1,
}
const transactionsOf = (action: MarketAction) =>
  intendedCalls(market, action).map(({ to, data }) => ({
    type: 'legacy' as const,
    chainId: 1,
    to,
    data,
    value: 0n as const,
    gas: 1n,
    gasPrice: 0n,
  }))

describe('a standing allowance', () => {
  it('is given once, to the registry and up to its cap, then used until it does not suffice', () => {
    const cap = parseNct('4')
    const exact = transactionsOf(assert)
    const first = withStandingAllowance(exact, [assert], market, { cap, left: 0n })
    expect(first.transactions.map(({ data }) => data)).toEqual([
      approveCall(market, market.bountyRegistry, cap).data,
      exact[1]?.data,
    ])
    expect(first.left).toBe(parseNct('2.5'))
    const second = withStandingAllowance(exact, [assert], market, { cap, left: parseNct('2.5') })
    expect(second).toEqual({ transactions: [exact[1]], left: parseNct('1') })
    expect(withStandingAllowance(exact, [assert], market, { cap, left: parseNct('1') }).transactions).toHaveLength(2)
  })

  it('never exceeds its cap: what costs more is approved exactly, and nothing is left standing', () => {
    const exact = transactionsOf(assert)
    expect(withStandingAllowance(exact, [assert], market, { cap: parseNct('1'), left: 0n })).toEqual({
      transactions: exact,
      left: 0n,
    })
    expect(withStandingAllowance(exact, [assert], market, { cap: undefined, left: 7n })).toEqual({
      transactions: exact,
      left: 0n,
    })
  })

  it('leaves alone what needs no approval of the registry', () => {
    for (const action of [
      { kind: 'settle', guid, numArtifacts: 1 },
      { kind: 'stake', amount: 5n },
    ] as const) {
      const exact = transactionsOf(action)
      expect(withStandingAllowance(exact, [action], market, { cap: 9n, left: 9n })).toEqual({ transactions: exact })
    }
  })
})
