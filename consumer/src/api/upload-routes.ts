import type { IncomingMessage } from 'node:http'
import { consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import { ConsumerUnavailableError, UploadRefusedError } from '../errors.js'
import type { SubmissionDesk } from '../intake/submission-desk.js'
import type { Callers } from './caller.js'
import { partOf } from './request-parts.js'

/** What uploads need. */
export interface UploadRoutesOptions {
  callers: Callers
  desk: SubmissionDesk
  /** Counts what is received at the same time. */
  uploads: UploadCount
}

/** Uploads at the same time. */
const MAX_UPLOADS = 64

/** How many uploads are under way. */
export class UploadCount {
  #underWay = 0

  /** @throws ConsumerUnavailableError where there are too many already, and what `receive` throws. */
  async during<T>(receive: () => Promise<T>): Promise<T> {
    if (this.#underWay >= MAX_UPLOADS) {
      throw new ConsumerUnavailableError({ reason: `${MAX_UPLOADS} uploads are under way`, retryAfter: 2 })
    }
    this.#underWay++
    try {
      return await receive()
    } finally {
      this.#underWay--
    }
  }
}

/** Where bytes go. Whoever knows the address of an upload may fill it, once. */
export function uploadRoutes(app: FastifyInstance, { callers, desk, uploads }: UploadRoutesOptions): void {
  const { path, parameters } = operations.upload
  app.put(path, { bodyLimit: Number.MAX_SAFE_INTEGER }, async (request) => {
    callers.stranger(request)
    const { token } = partOf(parameters, request.params, 'upload')
    await desk.waitingFor(token)
    const body = request.body as IncomingMessage | undefined
    if (!body) throw new UploadRefusedError({ reason: 'there is nothing in it' })
    await uploads.during(() => desk.upload(token, body))
    return { status: 'OK', result: null }
  })
}
