import type { Route, RouteAnswer } from '@polyswarm/protocol/routes'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { success } from './success.js'

/** How a route is served besides what its definition says. */
export interface ServeOptions {
  /** Largest body, in bytes. */
  bodyLimit?: number
}

/**
 * Serves a route: its answer goes into an envelope, and is of the shape that the definition has. A handler that has answered by
 * itself returns the reply.
 */
export function serve<Served extends Route>(
  app: FastifyInstance,
  { method, path, result }: Served,
  handler: (request: FastifyRequest, reply: FastifyReply) => Promise<RouteAnswer<Served> | FastifyReply>,
  options: ServeOptions = {},
): void {
  app.route({
    ...options,
    method,
    url: path,
    handler: async (request, reply) => {
      const answer = await handler(request, reply)
      // Who waits for a reply waits until it has been sent, and gets nothing for it.
      if (reply.sent) return reply
      return typeof result === 'string' ? answer : success(answer)
    },
  })
}
