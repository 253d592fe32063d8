import { foreignHeader, type ServedNames } from '@polyswarm/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ForeignOriginError, UnknownHostError } from '../api/refusal.js'

/** What a page of an allowed origin may send; browsers ask for it beforehand. */
const PREFLIGHT = {
  'access-control-allow-methods': 'GET, HEAD, POST',
  'access-control-allow-headers': 'authorization, content-type',
  'access-control-max-age': '600',
}

/**
 * Refuses what pages of others send through a user's browser: any method, any path, and WebSockets before they are opened.
 * Pages of the origins that settings name may send, and read what is answered.
 */
export function guardAgainstPages(app: FastifyInstance, names: ServedNames): void {
  app.addHook('onRequest', async (request, reply) => {
    const foreign = foreignHeader(request.headers, names)
    if (foreign === 'host') throw new UnknownHostError({ host: request.headers.host ?? '' })
    if (foreign === 'origin') throw new ForeignOriginError({ origin: request.headers.origin ?? 'another site' })
    return allowReading(request, reply, names)
  })
}

function allowReading(request: FastifyRequest, reply: FastifyReply, { origins }: ServedNames) {
  const { origin, 'access-control-request-method': wanted } = request.headers
  if (origins.length > 0) reply.header('vary', 'origin')
  if (origin === undefined || !origins.includes(origin)) return
  reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', 'retry-after, allow')
  // Before keys are asked for: a browser sends none here.
  if (request.method === 'OPTIONS' && wanted !== undefined) return reply.code(204).headers(PREFLIGHT).send()
}
