import { describe, expect, test } from 'vitest'
import { failure, type RouteMarket, success } from './route-market.ts'

/** What an arbiter stakes, and when it is free. */
export function stakingRoutes(shared: RouteMarket): void {
  describe('staking', () => {
    test('how the contract sees an arbiter, and somebody who is none', async () => {
      const line = { vote_ratio_numerator: 9, vote_ratio_denominator: 10 }
      const { result } = (await shared.api.get(`/staking/standing?account=${shared.market.arbiters[0]?.address}`)).body
      expect(result).toEqual({
        ...{ ...line, votes: expect.any(Number), bounties: expect.any(Number), eligible: true },
        free_at: expect.any(Number),
      })
      expect(result.votes).toBeGreaterThan(0)
      const stranger = await shared.api.get(`/staking/standing?${shared.account}`)
      expect(stranger).toEqual(
        success({ ...line, votes: 0, bounties: result.bounties, eligible: false, free_at: null }),
      )
      expect(await shared.api.get('/staking/standing')).toMatchObject({ status: 400 })
    })

    test('parameters, deposits up to the maximum, withdrawals up to what is free', async () => {
      expect(await shared.api.get(`/staking/parameters?${shared.account}`)).toEqual(
        success({
          minimum_stake: 10n ** 25n,
          maximum_stake: 10n ** 26n,
          vote_ratio_numerator: 9,
          vote_ratio_denominator: 10,
        }),
      )
      const arbiter = `account=${shared.market.arbiters[0]?.address}`
      const built = await shared.api.post(`/staking/deposit?${arbiter}`, { amount: String(9n * 10n ** 25n) })
      expect(built.body.result.transactions).toHaveLength(2)
      expect(await shared.api.post(`/staking/deposit?${arbiter}`, { amount: String(9n * 10n ** 25n + 1n) })).toEqual(
        failure(400, 'Total stake above allowable maximum.'),
      )
      expect(await shared.api.post(`/staking/withdraw?${shared.account}`, { amount: '1' })).toEqual(
        failure(400, 'Exceeds withdrawal eligible 0'),
      )
    })

    test('from the block that is named on all of a stake is free, and not before', async () => {
      const address = shared.market.arbiters[0]?.address
      const { free_at: freeAt } = (await shared.api.get(`/staking/standing?account=${address}`)).body.result
      const balance = async (what: string) => (await shared.api.get(`/balances/${address}/staking/${what}`)).body.result
      const head = Number(await shared.market.client.getBlockNumber({ cacheTime: 0 }))
      expect(freeAt).toBeGreaterThan(head + 2)
      await shared.market.anvil.mine(freeAt - 2 - head)
      expect(await balance('withdrawable')).toBe('0')
      await shared.market.anvil.mine(3)
      expect(await balance('withdrawable')).toBe(await balance('total'))
    })
  })
}
