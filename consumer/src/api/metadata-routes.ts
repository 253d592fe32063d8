import { METADATA_FIELDS, consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import { searchTerm } from '../market/search-terms.js'
import type { ConsumerRoutesOptions } from './consumer-routes.js'
import { foundMetadata } from './found-metadata.js'
import { termsOfQuery } from './metadata-query.js'
import { partOf } from './request-parts.js'
import { selectedFields } from './selected-fields.js'

/** Where artifacts are found by what is known of them and what engines said. */
export function metadataRoutes(app: FastifyInstance, options: ConsumerRoutesOptions): void {
  const { searchMetadata, metadataMappings } = operations

  app.get(searchMetadata.path, async (request) => {
    const account = await options.callers.of(request)
    const asked = partOf(searchMetadata.query, request.query, 'query')
    const { query = '', domains, ips, urls, include, exclude, offset, limit } = asked
    const terms = [
      ...domains.map((domain) => searchTerm('domain', domain)),
      ...ips.map((address) => searchTerm('ip', address)),
      ...urls.map((url) => searchTerm('url', url)),
    ]
    if (query.trim() !== '' || terms.length === 0) terms.push(...termsOfQuery(query))
    const page = await foundMetadata({ terms, account, offset, limit }, options)
    // Which artifact it is, is always said.
    const selected = page.result.map(({ artifact, ...rest }) => ({
      artifact,
      ...selectedFields(rest, { include, exclude }),
    }))
    return { status: 'OK', ...page, result: selected }
  })
  app.get(metadataMappings.path, async (request) => {
    await options.callers.of(request)
    return { status: 'OK', result: METADATA_FIELDS }
  })
}
