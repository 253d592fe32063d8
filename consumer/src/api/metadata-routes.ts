import { METADATA_FIELDS, type MetadataResult, consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import { searchTerm } from '../market/search-terms.js'
import type { KeptArtifact } from '../store/artifact-book.js'
import type { Submission } from '../store/submission.js'
import type { ConsumerRoutesOptions } from './consumer-routes.js'
import { momentOf } from './instance-view.js'
import { termsOfQuery } from './metadata-query.js'
import { pageOf } from './page.js'
import { partOf } from './request-parts.js'

const LAST = Number.MAX_SAFE_INTEGER
/** Submissions of an artifact that are looked at. */
const LATEST = 5

/** Where artifacts are found by what is known of them and what engines said. */
export function metadataRoutes(app: FastifyInstance, { store, callers, instances }: ConsumerRoutesOptions): void {
  const { searchMetadata, metadataMappings } = operations

  app.get(searchMetadata.path, async (request) => {
    const account = await callers.of(request)
    const { query = '', domains, ips, urls, offset, limit } = partOf(searchMetadata.query, request.query, 'query')
    const terms = [
      ...domains.map((domain) => searchTerm('domain', domain)),
      ...ips.map((address) => searchTerm('ip', address)),
      ...urls.map((url) => searchTerm('url', url)),
    ]
    if (query.trim() !== '' || terms.length === 0) terms.push(...termsOfQuery(query))
    const before = /^\d{1,15}$/.test(offset ?? '') ? Number(offset) : LAST
    const made = await pageOf(
      limit,
      async (count) => {
        const found: { artifact: KeptArtifact; latest: Submission[] }[] = []
        for (const id of await store.terms.withAll(terms, before, count)) {
          const artifact = await store.artifacts.get(id)
          if (artifact) found.push({ artifact, latest: await instances.latest(id, account, LATEST) })
        }
        return found
      },
      async ({ artifact, latest }) => ({
        element: metadataOf(artifact, latest, await store.terms.ofArtifact(artifact.id)),
        bytes: 20_000,
        offset: String(artifact.id),
      }),
    )
    // What nobody else may see has no terms; what was made private since is left out.
    return { status: 'OK', ...made, result: made.result.filter((element) => element !== null) }
  })
  app.get(metadataMappings.path, async (request) => {
    await callers.of(request)
    return { status: 'OK', result: METADATA_FIELDS }
  })
}

function metadataOf(
  { id, sha256, sha1, md5, mimetype, firstSeen }: KeptArtifact,
  latest: readonly Submission[],
  terms: readonly string[],
): MetadataResult | null {
  const answered = latest.find(({ judged }) => judged !== null) ?? latest[0]
  if (!answered) return null
  const valuesOf = (field: string): string[] =>
    terms.filter((term) => term.startsWith(`${field}:`)).map((term) => term.slice(field.length + 1))
  const said = answered.assertions.flatMap(({ verdict }) => (verdict === null ? [] : [verdict]))
  const malicious = said.filter(Boolean).length
  const addresses = valuesOf('ip')
  return {
    artifact: { id: String(id), created: momentOf(firstSeen), sha256, sha1, md5 },
    hash: { sha256, sha1, md5 },
    scan: {
      filename: valuesOf('name'),
      mimetype: { mime: mimetype, extended: mimetype },
      detections: { malicious, benign: said.length - malicious, total: said.length },
      first_scan: { created: momentOf(firstSeen) },
      latest_scan: { created: momentOf(answered.judged ?? answered.created), id: String(answered.id) },
    },
    strings: {
      domains: valuesOf('domain'),
      ipv4: addresses.filter((address) => !address.includes(':')),
      ipv6: addresses.filter((address) => address.includes(':')),
      urls: valuesOf('url'),
    },
    polyunite: { malware_family: answered.families?.name ?? null },
  }
}
