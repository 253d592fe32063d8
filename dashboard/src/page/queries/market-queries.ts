import { bountyParameters, stakingParameters, statusResult } from '@polyswarm/protocol'
import { accountResult, one, whoisResult } from '@polyswarm/protocol/consumer'
import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { fromDaemon, NOBODY } from '../client/daemon.js'
import { RequestError } from '../client/request-error.js'
import { fromService } from '../client/service.js'

/** How the daemon, its chains and its artifact store are. */
export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => fromDaemon('/status', statusResult, { signal }),
  refetchInterval: 5_000,
})

/** Whether the daemon has a home chain: of one that it has not, its status says that it cannot be reached. */
export const homeQuery = queryOptions({
  queryKey: ['home'],
  queryFn: async ({ signal }) => {
    try {
      await fromDaemon(`/balances/${NOBODY}/nct`, z.string(), { query: { chain: 'home' }, signal })
      return true
    } catch (error) {
      if (error instanceof RequestError && error.status === 400) return false
      throw error
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
})

/** Fees, limits and windows in force. */
export const parametersQuery = queryOptions({
  queryKey: ['parameters'],
  queryFn: async ({ signal }) => ({
    ...(await fromDaemon('/bounties/parameters', bountyParameters, { signal })),
    ...(await fromDaemon('/staking/parameters', stakingParameters, { signal })),
  }),
  staleTime: 60_000,
})

/** Whose key the page uses with the service, and what that may do. */
export function accountQuery(key: string) {
  return queryOptions({
    queryKey: ['account', key],
    queryFn: async ({ signal }) => ({
      ...(await fromService('/public/accounts/whois', one(whoisResult), { signal })).result,
      ...(await fromService('/public/accounts', one(accountResult), { signal })).result,
    }),
  })
}
