import { hashTypeOf, type Instance, instanceResult, list, one } from '@polyswarm/protocol/consumer'
import { queryOptions } from '@tanstack/react-query'
import { RequestError } from '../client/request-error.js'
import { fromService } from '../client/service.js'

/** Milliseconds between two looks at an answer that is on its way. */
const LOOK_EVERY = 2_000

/** Earlier answers that are shown. */
const SHOWN = 25

/** One answer, asked for again until it is settled. */
export function instanceQuery(id: string, key: string) {
  return queryOptions({
    queryKey: ['instance', id, key],
    queryFn: async ({ signal }) => {
      const path = `/consumer/submission/default/${encodeURIComponent(id)}`
      return (await fromService(path, one(instanceResult), { signal })).result
    },
    refetchInterval: ({ state }) => (state.data && isFinal(state.data) ? false : LOOK_EVERY),
  })
}

/** What this account asked about lately. */
export function recentQuery(key: string) {
  return queryOptions({
    queryKey: ['recent', key],
    queryFn: async ({ signal }) =>
      (await fromService('/instance/list', list(instanceResult), { query: { limit: SHOWN }, signal })).result,
  })
}

/** All answers on the same artifact, the latest first. */
export function historyQuery(sha256: string | null, key: string) {
  return queryOptions({
    queryKey: ['history', sha256, key],
    queryFn: async ({ signal }) => {
      const query = { hash: sha256 ?? '', limit: SHOWN }
      return (await fromService('/search/instances', list(instanceResult), { query, signal })).result
    },
    enabled: sha256 !== null,
  })
}

/** The latest answer on what has a hash, or on a URL; null where nobody has asked. */
export async function latestAnswer(what: { hash: string } | { url: string }): Promise<Instance | null> {
  const path = 'url' in what ? '/search/url' : `/search/hash/${hashTypeOf(what.hash) ?? 'sha256'}`
  try {
    const { result } = await fromService(path, list(instanceResult), { query: { ...what, limit: 1 } })
    return result[0] ?? null
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return null
    throw error
  }
}

/** Whether an answer changes no more. */
function isFinal({ state, truth, failed }: Instance): boolean {
  return failed || state === 'failed' || (state === 'settled' && truth !== undefined)
}
