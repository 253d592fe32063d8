import { consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Submission } from '../store/submission.js'
import type { ConsumerRoutesOptions } from './consumer-routes.js'
import { none } from './instances.js'
import { partOf } from './request-parts.js'
import { encryptedZip } from './zip-download.js'

/** Where samples leave: encrypted, unless raw bytes are asked for. */
export function downloadRoutes(app: FastifyInstance, options: ConsumerRoutesOptions): void {
  const { callers, instances } = options
  const { downloadHash, downloadId } = operations

  app.get(downloadHash.path, async (request, reply) => {
    const account = await callers.of(request)
    const { hash_type, hash } = partOf(downloadHash.parameters, request.params, 'hash')
    const { raw = false } = partOf(downloadHash.query, request.query, 'query')
    return download(options, { submission: await instances.latestWithHash(hash_type, hash, account), raw }, reply)
  })
  app.get(downloadId.path, async (request, reply) => {
    const account = await callers.of(request)
    const { instance_id: id, raw = false } = partOf(downloadId.query, request.query, 'query')
    return download(options, { submission: await instances.visible(id, account), raw }, reply)
  })
}

async function download(
  { store, shelf }: ConsumerRoutesOptions,
  { submission, raw }: { submission: Submission; raw: boolean },
  reply: FastifyReply,
): Promise<FastifyReply> {
  const artifact = submission.artifact === null ? undefined : await store.artifacts.get(submission.artifact)
  const { sha256 } = artifact ?? none(`artifact of submission ${submission.id}`)
  const blob = await shelf.blob(sha256).catch(() => none(`artifact ${sha256}`))
  // The name is that of the content: what somebody called it is nothing to be written to a disk.
  reply.header('content-disposition', `attachment; filename=${raw ? sha256 : `${sha256}.zip`}`)
  reply.type(raw ? 'application/octet-stream' : 'application/zip')
  if (raw) return reply.header('content-length', blob.size).send(blob.stream())
  return reply.send(encryptedZip([{ name: sha256, content: blob }]))
}
