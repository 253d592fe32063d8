import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { fromDaemon } from '../client/daemon.js'
import { RequestError } from '../client/request-error.js'

/** Balances of an account on one chain, in base units; wei of the chain's coin where it says `eth`. */
export interface Balances {
  nct: bigint
  eth: bigint
  staked: bigint
  withdrawable: bigint
}

const digits = z.string().regex(/^\d{1,78}$/)

/** Balances of an account on a chain; null where the daemon has no such chain. */
export function balanceQuery(address: string, chain: 'home' | 'side') {
  return queryOptions({
    queryKey: ['balance', address, chain],
    queryFn: async ({ signal }): Promise<Balances | null> => {
      const read = async (what: string) =>
        BigInt(await fromDaemon(`/balances/${address}/${what}`, digits, { query: { chain }, signal }))
      try {
        const [nct, eth, staked, withdrawable] = await Promise.all(
          ['nct', 'eth', 'staking/total', 'staking/withdrawable'].map(read),
        )
        return { nct: nct ?? 0n, eth: eth ?? 0n, staked: staked ?? 0n, withdrawable: withdrawable ?? 0n }
      } catch (error) {
        if (error instanceof RequestError && error.status < 500 && error.status !== 401) return null
        throw error
      }
    },
    enabled: address !== '',
    refetchInterval: 10_000,
  })
}
