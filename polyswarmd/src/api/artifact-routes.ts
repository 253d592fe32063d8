import { Readable } from 'node:stream'
import { assertionMetadataSchema, bountyMetadataSchema, MAX_ARTIFACTS, stringifyJson } from '@polyswarm/protocol'
import type { FastifyInstance } from 'fastify'
import type { ArtifactEntry } from '../artifacts/artifact-store.js'
import { MAX_DOCUMENT_BYTES } from '../artifacts/metadata-documents.js'
import { ArtifactNotFoundError } from '../errors.js'
import { parseForeignJson } from '../json-text.js'
import type { ApiContext } from './api-context.js'
import { receiveArtifacts } from './receive-artifacts.js'
import { RefusalError, StoredArtifactTooLargeError, UnknownPathError } from './refusal.js'
import { DOCUMENT_BODY_LIMIT } from './request-body.js'
import { success } from './success.js'

/** `/artifacts/…` and `/bounties/metadata`: what is kept by content address. */
export function artifactRoutes(app: FastifyInstance, context: ApiContext): void {
  const { store } = context

  app.post('/artifacts', async (request, reply) => success(await receiveArtifacts(context, request, reply)))

  app.get('/artifacts/status', async () => success({ online: await store.online() }))

  app.get('/artifacts/:uri', async (request) => {
    const { uri } = request.params as { uri: string }
    const entries = await store.list(uri)
    if (entries.length > MAX_ARTIFACTS) throw new RefusalError('TOO_MANY_LINKS')
    return success(entries.map(({ name, hash }) => ({ name, hash })))
  })

  app.get('/artifacts/:uri/:index', async (request, reply) => {
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

  app.get('/artifacts/:uri/:index/stat', async (request) => {
    const { uri, index } = request.params as { uri: string; index: string }
    const { hash, name } = await entryOf(uri, index)
    return success({ ...(await store.stat(hash)), name })
  })

  app.post('/bounties/metadata', { bodyLimit: DOCUMENT_BODY_LIMIT }, async (request) => {
    const document = documentOf(request.body)
    const valid = [bountyMetadataSchema, assertionMetadataSchema].some((schema) => schema.safeParse(document).success)
    const text = valid ? stringifyJson(document) : ''
    if (!valid || Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) throw new RefusalError('METADATA_INVALID')
    const uri = await store.addDocument(text)
    context.pins?.uploaded(uri)
    return success(uri)
  })

  async function entryOf(uri: string, index: string): Promise<ArtifactEntry> {
    if (!/^\d+$/.test(index)) throw new UnknownPathError()
    const entry = (await store.list(uri))[Number(index)]
    if (!entry) throw new ArtifactNotFoundError({ uri: `${uri}/${index}` })
    return entry
  }
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
