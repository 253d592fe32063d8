import { IOC_KINDS, type IocResult, consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import { ConsumerRequestError } from '../errors.js'
import { searchTerm } from '../market/search-terms.js'
import type { ConsumerRoutesOptions } from './consumer-routes.js'
import { foundMetadata, valuesIn } from './found-metadata.js'
import { none } from './instances.js'
import { partOf } from './request-parts.js'

/** Where indicators of compromise lead to artifacts, and artifacts to their indicators. */
export function iocRoutes(app: FastifyInstance, options: ConsumerRoutesOptions): void {
  const { iocsOf, searchIoc } = operations
  const { store, callers, instances } = options

  app.get(searchIoc.path, async (request) => {
    const account = await callers.of(request)
    const asked = partOf(searchIoc.query, request.query, 'query')
    const { offset, limit, with_artifacts } = asked
    const terms = IOC_KINDS.flatMap((kind) => (asked[kind] === undefined ? [] : [searchTerm(kind, asked[kind])]))
    if (terms.length !== 1) {
      throw new ConsumerRequestError({ field: 'query', reason: `give one of ${IOC_KINDS.join(', ')}` })
    }
    const page = await foundMetadata({ terms, account, offset, limit }, options)
    const result = with_artifacts ? page.result : page.result.map(({ artifact }) => artifact.sha256)
    return { status: 'OK', ...page, result }
  })
  app.get(iocsOf.path, async (request) => {
    const account = await callers.of(request)
    const { hash_type, hash } = partOf(iocsOf.parameters, request.params, 'hash')
    partOf(iocsOf.query, request.query, 'query')
    const found = await instances.withHash(hash_type, hash, account)
    if (found.length === 0) none(`artifact ${hash}`)
    const terms: string[] = []
    for (const { artifact } of found) terms.push(...(await store.terms.ofArtifact(artifact.id)))
    return { status: 'OK', result: indicatorsIn([...new Set(terms)]) }
  })
}

function indicatorsIn(terms: readonly string[]): IocResult {
  return {
    ips: valuesIn(terms, 'ip'),
    domains: valuesIn(terms, 'domain'),
    urls: valuesIn(terms, 'url'),
    ttps: valuesIn(terms, 'ttp').map((technique) => technique.toUpperCase()),
    imphash: valuesIn(terms, 'imphash')[0] ?? null,
  }
}
