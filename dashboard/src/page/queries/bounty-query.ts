import {
  artifactList,
  assertionResult,
  bountyMoves,
  bountyResult,
  bountyTerms,
  settlementResult,
  voteResult,
} from '@polyswarm/protocol'
import { queryOptions } from '@tanstack/react-query'
import { fromDaemon } from '../client/daemon.js'
import { RequestError } from '../client/request-error.js'

/** Everything that the daemon knows of one bounty. */
export function bountyQuery(guid: string) {
  return queryOptions({
    queryKey: ['bounty', guid],
    queryFn: async ({ signal }) => {
      const path = `/bounties/${encodeURIComponent(guid)}`
      const read = { signal }
      const [bounty, terms, assertions, votes, settlements, moves] = await Promise.all([
        fromDaemon(path, bountyResult, read),
        fromDaemon(`${path}/terms`, bountyTerms, read),
        fromDaemon(`${path}/assertions`, assertionResult.array(), read),
        fromDaemon(`${path}/votes`, voteResult.array(), read),
        fromDaemon(`${path}/settlements`, settlementResult.array(), read),
        fromDaemon(`${path}/events`, bountyMoves, read).catch(unlessMissing),
      ])
      return { bounty, terms, assertions, votes, settlements, moves }
    },
  })
}

/** What the query of a bounty gives. */
export type BountyRecord = Awaited<ReturnType<NonNullable<ReturnType<typeof bountyQuery>['queryFn']>>>

/** The names of a bounty's artifacts, which never change. */
export function artifactsQuery(uri: string | undefined) {
  return queryOptions({
    queryKey: ['artifacts', uri],
    queryFn: ({ signal }) => fromDaemon(`/artifacts/${encodeURIComponent(uri ?? '')}`, artifactList, { signal }),
    enabled: uri !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** A daemon that is older has no such route: then there are no transactions to show. */
function unlessMissing(error: Error): null {
  if (error instanceof RequestError && error.status === 404) return null
  throw error
}
