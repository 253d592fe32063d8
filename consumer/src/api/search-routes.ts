import { hashTypeOf, consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import type { Submission } from '../store/submission.js'
import type { ConsumerRoutesOptions } from './consumer-routes.js'
import { none } from './instances.js'
import { partOf } from './request-parts.js'

/** Where answers are found that are there. */
export function searchRoutes(app: FastifyInstance, { store, callers, instances }: ConsumerRoutesOptions): void {
  const { searchHash, searchUrl, searchInstances, list } = operations

  app.get(searchHash.path, async (request) => {
    const account = await callers.of(request)
    const { hash_type } = partOf(searchHash.parameters, request.params, 'hash_type')
    const query = partOf(searchHash.query, request.query, 'query')
    const found = await instances.withHash(hash_type, query.hash, account)
    if (found.length === 0) none(`artifact ${query.hash}`)
    // The latest that has been answered says more than one that is under way.
    const answers = found
      .map(({ latest }) => latest.find(({ judged }) => judged !== null) ?? latest[0])
      .filter((submission): submission is Submission => submission !== undefined)
      .sort((a, b) => (a.id < b.id ? 1 : -1))
    return instances.page(query, request, async (before, limit) =>
      answers.filter(({ id }) => id < before).slice(0, limit),
    )
  })
  app.get(searchUrl.path, async (request) => {
    const account = await callers.of(request)
    const query = partOf(searchUrl.query, request.query, 'query')
    const { id } = (await store.artifacts.ofUrl(query.url)) ?? none('such URL')
    const found = await instances.page(query, request, (before, limit) =>
      store.submissions.ofArtifact(id, account.id, before, limit),
    )
    return found.result.length === 0 && query.offset === undefined ? none('such URL') : found
  })
  app.get(searchInstances.path, async (request) => {
    const account = await callers.of(request)
    const query = partOf(searchInstances.query, request.query, 'query')
    const [found] = await instances.withHash(hashTypeOf(query.hash) ?? 'sha256', query.hash, account)
    const { id } = found?.artifact ?? none(`artifact ${query.hash}`)
    return instances.page(query, request, (before, limit) =>
      store.submissions.ofArtifact(id, account.id, before, limit),
    )
  })
  app.get(list.path, async (request) => {
    const account = await callers.of(request)
    return instances.page(partOf(list.query, request.query, 'query'), request, (before, limit) =>
      store.submissions.ofAccount(account.id, before, limit),
    )
  })
}
