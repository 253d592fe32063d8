import { consumerOperations as operations } from '@polyswarm/protocol/consumer'
import type { FastifyInstance } from 'fastify'
import type { ConsumerRoutesOptions } from './consumer-routes.js'
import { partOf } from './request-parts.js'

/** Where changes are listened to. */
export function feedRoute(app: FastifyInstance, { callers, feed, signal }: ConsumerRoutesOptions): void {
  app.get(operations.feed.path, async (request, reply) => {
    const account = await callers.of(request)
    const { mine = false } = partOf(operations.feed.query, request.query, 'query')
    feed.admit()
    const since = request.headers['last-event-id']
    reply.hijack()
    await feed.send(reply.raw, { account, mine, since: Array.isArray(since) ? since[0] : since }, signal)
    return reply
  })
}
