import { assertionResult, bountyResult, type Guid } from '@polyswarm/protocol'
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { fromDaemon } from '../client/daemon.js'
import { confidenceOf } from '../views/bounty/confidence-of.js'
import { fileTypes } from '../views/bounty/file-types.js'

/** Bounties whose metadata is read for one engine, and at a time: each is two requests. */
const BOUNTIES = 60
const AT_A_TIME = 6

/** What is said of bounties besides verdicts and bids, artifact by artifact. */
export type AnswerDetails = ReadonlyMap<Guid, { types: readonly string[]; confidences: readonly (number | null)[] }>

/**
 * Types of the files of bounties that are over, and how sure an engine was of its answers on them. What is over does not
 * change: each bounty is asked for once.
 *
 * @param guids the latest first; those beyond the first sixty are left out.
 */
export function answerDetailsQuery(guids: readonly Guid[], engine: string, client: QueryClient) {
  const meant = guids.slice(0, BOUNTIES)
  return queryOptions({
    queryKey: ['answer-details', engine, meant],
    queryFn: async (): Promise<AnswerDetails> => {
      const found = new Map()
      const left = [...meant]
      const work = async () => {
        for (let guid = left.shift(); guid !== undefined; guid = left.shift()) {
          found.set(guid, await client.fetchQuery(bountyDetailsQuery(guid, engine)))
        }
      }
      await Promise.all(Array.from({ length: AT_A_TIME }, work))
      return found
    },
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before: AnswerDetails | undefined) => before,
  })
}

function bountyDetailsQuery(guid: Guid, engine: string) {
  return queryOptions({
    queryKey: ['bounty-details', guid, engine],
    queryFn: async ({ signal }) => {
      const [bounty, assertions] = await Promise.all([
        fromDaemon(`/bounties/${guid}`, bountyResult, { signal }),
        fromDaemon(`/bounties/${guid}/assertions`, assertionResult.array(), { signal }),
      ])
      const own = assertions.find(({ author }) => author === engine)
      const artifacts = Array.from({ length: bounty.num_artifacts }, (_, artifact) => artifact)
      return {
        types: fileTypes(bounty.metadata, bounty.artifact_type, bounty.num_artifacts),
        confidences: artifacts.map((artifact) => confidenceOf(own?.metadata, artifact)),
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
}
