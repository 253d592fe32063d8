import { createInstanceRequest, consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import { UploadRefusedError } from '../errors.js'
import type { ConsumerRoutesOptions } from './consumer-routes.js'
import { partOf } from './request-parts.js'

/** Where submissions are made, looked at, contested and deleted. */
export function submissionRoutes(app: FastifyInstance, options: ConsumerRoutesOptions): void {
  const { desk, callers, uploads, instances } = options
  const { create, start, submit, poll, dispute, rescanHash, rescanId } = operations

  app.post(create.path, async (request) => {
    const account = await callers.of(request)
    return instances.one(await desk.create(account, partOf(create.body, request.body, 'body')), request)
  })
  app.put(start.path, async (request) => {
    const account = await callers.of(request)
    const { id } = partOf(start.query, request.query, 'query')
    partOf(start.body, request.body, 'body')
    return instances.one(await desk.start(account, (await instances.visible(id, account)).id), request)
  })
  app.post(submit.path, async (request) => {
    const account = await callers.of(request)
    const { community } = partOf(submit.parameters, request.params, 'community')
    if (!request.isMultipart()) throw new UploadRefusedError({ reason: 'send a form with the file in it' })
    const fields: Record<string, string> = {}
    for await (const part of request.parts()) {
      if (part.type === 'field') {
        fields[part.fieldname] = String(part.value)
        continue
      }
      const given = { artifact_name: part.filename || 'unnamed', artifact_type: fields['artifact-type'], community }
      const body = partOf(createInstanceRequest, given, 'form')
      return instances.one(await uploads.during(() => desk.submit(account, body, part.file)), request)
    }
    throw new UploadRefusedError({ reason: 'there is no file in the form, after the fields that say what it is' })
  })
  app.get(poll.path, async (request) => {
    const account = await callers.of(request)
    const { id } = partOf(poll.parameters, request.params, 'id')
    return instances.one(await instances.visible(id, account), request)
  })
  app.delete(operations.delete.path, async (request) => {
    const account = await callers.of(request)
    const { id } = partOf(operations.delete.query, request.query, 'query')
    await desk.delete(account, (await instances.visible(id, account)).id)
    return { status: 'OK', result: null }
  })
  app.post(dispute.path, async (request) => {
    const account = await callers.of(request)
    const { id } = partOf(dispute.query, request.query, 'query')
    const { reason } = partOf(dispute.body, request.body, 'body')
    return instances.one(await desk.dispute(account, await instances.visible(id, account), reason), request)
  })
  app.post(rescanHash.path, async (request) => {
    const account = await callers.of(request)
    const { hash_type, hash } = partOf(rescanHash.parameters, request.params, 'hash')
    return instances.one(await desk.rescan(account, await instances.latestWithHash(hash_type, hash, account)), request)
  })
  app.post(rescanId.path, async (request) => {
    const account = await callers.of(request)
    const { id } = partOf(rescanId.parameters, request.params, 'id')
    return instances.one(await desk.rescan(account, await instances.visible(id, account)), request)
  })
}
