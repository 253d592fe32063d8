import { stakingStanding } from '@polyswarm/protocol'
import { queryOptions } from '@tanstack/react-query'
import { fromDaemon } from '../client/daemon.js'

/** How the contract sees an arbiter: its response rate, and when its stake is free. */
export function standingQuery(address: string) {
  return queryOptions({
    queryKey: ['standing', address],
    queryFn: ({ signal }) => fromDaemon('/staking/standing', stakingStanding, { query: { account: address }, signal }),
    refetchInterval: 10_000,
  })
}
