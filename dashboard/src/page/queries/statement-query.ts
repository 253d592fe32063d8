import { type Movement, type StatementPage, statementPage } from '@polyswarm/protocol'
import { queryOptions } from '@tanstack/react-query'
import { fromDaemon } from '../client/daemon.js'

/** Pages of one statement at most. */
const MAX_PAGES = 40

/** What came into an account and went out of it, oldest first, from a block on. */
export function statementQuery(address: string, from: number, chain: 'home' | 'side' = 'side') {
  return queryOptions({
    queryKey: ['statement', address, from, chain],
    queryFn: async ({ signal }) => {
      const movements: Movement[] = []
      const read = (query: { from: number; to?: number }): Promise<StatementPage> =>
        fromDaemon(`/balances/${address}/statement`, statementPage, { query: { chain, ...query }, signal })
      let page = await read({ from })
      const { balance } = page
      for (let count = 1; ; count++) {
        movements.push(...page.movements)
        if (page.next === null || count === MAX_PAGES) return { movements, balance, isWhole: page.next === null }
        page = await read({ from: page.next, to: page.to })
      }
    },
    enabled: address !== '',
    staleTime: 15_000,
  })
}
