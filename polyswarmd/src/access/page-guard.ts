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
  app.addHook('onRequest', (request, reply, done) => {
    const foreign = foreignHeader(request.headers, names)
    if (foreign === 'host') return done(new UnknownHostError({ host: request.headers.host ?? '' }))
    if (foreign === 'origin') return done(new ForeignOriginError({ origin: request.headers.origin ?? 'another site' }))
    if (!allowReading(request, reply, names)) done()
  })
}

/** @returns whether that was the answer. */
function allowReading(request: FastifyRequest, reply: FastifyReply, { origins }: ServedNames): boolean {
  const { origin, 'access-control-request-method': wanted } = request.headers
  if (origins.length > 0) reply.header('vary', 'origin')
  if (origin === undefined || !origins.includes(origin)) return false
  reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', 'retry-after, allow')
  // Before keys are asked for: a browser sends none here.
  if (request.method !== 'OPTIONS' || wanted === undefined) return false
  reply.code(204).headers(PREFLIGHT).send()
  return true
}
