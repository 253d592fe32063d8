import { type ArchiveResult, consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import type { ArtifactShelf } from '../intake/artifact-shelf.js'
import type { StoredArtifact } from '../store/artifact-book.js'
import { ArchiveLinks } from './archive-links.js'
import { archivesFrom } from './archive-list.js'
import type { ConsumerRoutesOptions } from './consumer-routes.js'
import { momentOf } from './instance-view.js'
import { none } from './instances.js'
import { BASE, originOf, partOf } from './request-parts.js'
import { encryptedZip, type ZippedFile } from './zip-download.js'

/** Archives of a page that nobody asked to be longer or shorter, and minutes that are looked back. */
const LENGTH = 20
const SINCE = 1_440

/** Where everything leaves that was stored lately and that an account can see. */
export function streamRoutes(app: FastifyInstance, options: ConsumerRoutesOptions): void {
  const { callers, store, shelf, community } = options
  const { stream, archive } = operations
  const now = (): number => Date.now()
  const links = new ArchiveLinks(now)

  app.get(stream.path, async (request) => {
    const account = await callers.of(request)
    const { since = SINCE, offset = '', limit = LENGTH } = partOf(stream.query, request.query, 'query')
    const begin = await store.artifacts.firstSince(now() - since * 60_000)
    if (begin === undefined) return { status: 'OK', result: [], has_more: false, limit }
    const from = Math.max(begin, /^\d{1,15}$/.test(offset) ? Number(offset) : 0)
    const { archives, next } = await archivesFrom(store.artifacts, { from, account: account.id, limit })
    const result = archives.map((artifacts): ArchiveResult => {
      const [first, last] = [artifacts.at(0)?.id ?? 0, artifacts.at(-1)?.id ?? 0]
      const uri = `${originOf(request)}${BASE}/archive/${links.tokenOf({ account: account.id, first, last })}`
      return {
        ...{ id: String(last), community, created: momentOf(artifacts.at(-1)?.firstSeen ?? 0), uri },
        ...{ first: String(first), last: String(last), artifacts: artifacts.length },
        size: artifacts.reduce((sum, { size }) => sum + size, 0),
      }
    })
    const more = next !== undefined
    return { status: 'OK', result, has_more: more, limit, ...(more && { offset: String(next) }) }
  })
  app.get(archive.path, async (request, reply) => {
    const { token } = partOf(archive.parameters, request.params, 'token')
    const { account, first, last } = links.rangeOf(token)
    callers.count(await store.accounts.get(account))
    const artifacts = await store.artifacts.visibleFrom(first, last, account)
    if (artifacts.length === 0) none(`artifact from ${first} to ${last}`)
    reply.header('content-disposition', `attachment; filename=artifacts-${first}-${last}.zip`)
    return reply.type('application/zip').send(encryptedZip(filesOf(artifacts, shelf)))
  })
}

/** The files of an archive, one for the same bytes. What was deleted since it was looked up is left out. */
async function* filesOf(artifacts: readonly StoredArtifact[], shelf: ArtifactShelf): AsyncGenerator<ZippedFile> {
  for (const sha256 of new Set(artifacts.map(({ sha256 }) => sha256))) {
    const content = await shelf.blob(sha256).catch(() => undefined)
    if (content) yield { name: sha256, content }
  }
}
