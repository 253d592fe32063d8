import { bountyList } from '@polyswarm/protocol'
import { queryOptions } from '@tanstack/react-query'
import { fromDaemon } from '../client/daemon.js'

/** Bounties of a page. */
const LIMIT = 50

/** A page of all bounties, the latest first, open ones included. @param before the place that the page before ended at. */
export function archiveQuery({ before, author }: { before?: number | undefined; author?: string | undefined }) {
  return queryOptions({
    queryKey: ['archive', before, author],
    queryFn: ({ signal }) =>
      fromDaemon('/bounties/list', bountyList, {
        query: { order: 'newest', limit: LIMIT, after: before, author },
        signal,
      }),
    // One page is kept, and not all that somebody has gone through.
    gcTime: 0,
  })
}
