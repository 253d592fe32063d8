import { Readable } from 'node:stream'
import { MAX_ARTIFACTS } from '@polyswarm/protocol'
import { routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ArtifactEntry, ExportOptions } from '../artifacts/artifact-store.js'
import { ArtifactNotFoundError } from '../errors.js'
import { parseForeignJson } from '../json-text.js'
import type { ApiContext } from './api-context.js'
import { archiveOf, archiveOptions, archiveType } from './content-archive.js'
import { receiveArtifacts } from './receive-artifacts.js'
import { RefusalError, StoredArtifactTooLargeError, UnknownPathError } from './refusal.js'
import { DOCUMENT_BODY_LIMIT } from './request-body.js'
import { serve } from './serve-route.js'
import { storeDocument } from './store-document.js'

/** Bytes of structure that are let through on top of the largest artifact. */
const MAX_STRUCTURE = 4_096

/** `/artifacts/…` and `/bounties/metadata`: what is kept by content address. */
export function artifactRoutes(app: FastifyInstance, context: ApiContext): void {
  const { store } = context

  serve(app, routes.uploadArtifacts, async (request, reply) => await receiveArtifacts(context, request, reply))

  serve(app, routes.artifactStatus, async () => ({ online: await store.online() }))

  serve(app, routes.artifacts, async (request, reply) => {
    const { uri } = request.params as { uri: string }
    const archive = archiveOptions(request)
    reply.header('vary', 'accept')
    if (archive) return sendArchive(request, reply, uri, archive)
    const entries = await store.list(uri)
    if (entries.length > MAX_ARTIFACTS) throw new RefusalError('TOO_MANY_LINKS')
    return entries.map(({ name, hash }) => ({ name, hash }))
  })

  // Where IPFS's gateways have it, for programs that know those.
  serve(app, routes.archive, async (request, reply) => {
    const { uri } = request.params as { uri: string }
    const archive = archiveOptions(request)
    if (!archive) throw new RefusalError('ARCHIVE_UNSUPPORTED')
    return sendArchive(request, reply, uri, archive)
  })

  serve(app, routes.artifact, async (request, reply) => {
    const { uri, index } = request.params as { uri: string; index: string }
    const { hash } = await entryOf(uri, index)
    const { size, bytes } = await store.read(hash)
    const { maxArtifactSize } = context.access.callerOf(request)
    if (size > maxArtifactSize) throw new StoredArtifactTooLargeError({ uri: `${uri}/${index}` })
    context.access.transfer(request, reply, size)
    // Bytes under judgement must never be taken for a page of this host.
    reply.header('content-type', 'application/octet-stream')
    reply.header('x-content-type-options', 'nosniff')
    reply.header('content-length', size)
    return reply.send(Readable.from(bytes, { objectMode: false }))
  })

  serve(app, routes.artifactStat, async (request) => {
    const { uri, index } = request.params as { uri: string; index: string }
    const { hash, name } = await entryOf(uri, index)
    return { ...(await store.stat(hash)), name }
  })

  serve(
    app,
    routes.storeMetadata,
    async (request) => {
      return await storeDocument(context, documentOf(request.body))
    },
    { bodyLimit: DOCUMENT_BODY_LIMIT },
  )

  async function sendArchive(request: FastifyRequest, reply: FastifyReply, uri: string, options: ExportOptions) {
    const content = await store.export(uri, options)
    const { maxArtifactSize } = context.access.callerOf(request)
    // Blocks of 256 KiB have some 70 bytes of structure each.
    const limit = maxArtifactSize + Math.ceil(maxArtifactSize / 1024) + MAX_STRUCTURE
    if (content.sizes.length > MAX_ARTIFACTS) throw new RefusalError('TOO_MANY_LINKS')
    if (content.sizes.some((size) => size > limit)) throw new StoredArtifactTooLargeError({ uri })
    context.access.transfer(
      request,
      reply,
      content.sizes.reduce((sum, size) => sum + size, content.rootSize),
    )
    reply.header('content-type', archiveType(options))
    reply.header('content-disposition', `attachment; filename="${content.root}.car"`)
    reply.header('x-content-type-options', 'nosniff')
    const pieces = archiveOf(content)
    const [first, second] = [await pieces.next(), await pieces.next()]
    // Most are of one piece, for which a stream would cost more than all else.
    if (first.done || second.done) return reply.send(first.value ?? Buffer.alloc(0))
    return reply.send(Readable.from(allOf([first.value, second.value], pieces), { objectMode: false }))
  }

  async function entryOf(uri: string, index: string): Promise<ArtifactEntry> {
    if (!/^\d+$/.test(index)) throw new UnknownPathError()
    const entry = (await store.list(uri))[Number(index)]
    if (!entry) throw new ArtifactNotFoundError({ uri: `${uri}/${index}` })
    return entry
  }
}

/** What was read of pieces already, and the others. */
async function* allOf(read: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* read
  yield* rest
}

/** The document of a body: itself, or the JSON inside a string. */
function documentOf(body: unknown): unknown {
  if (typeof body !== 'string') return body
  try {
    return parseForeignJson(body)
  } catch {
    throw new RefusalError('METADATA_INVALID')
  }
}
