import { routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../api/api-context.js'
import { serve } from '../api/serve-route.js'
import type { EventStreams } from '../stream/event-routes.js'
import { createMetrics } from './metrics.js'

/**
 * `/health`: the process answers. `/ready`: every ledger is up to date and artifacts can be stored. `/metrics`: for
 * Prometheus.
 */
export function healthRoutes(app: FastifyInstance, context: ApiContext, streams: EventStreams): void {
  const chains = Object.values(context.chains)
  const metrics = createMetrics(chains, streams)

  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    metrics.request({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
    done()
  })

  serve(app, routes.health, async () => 'alive')

  serve(app, routes.ready, async (_request, reply) => {
    const behind = chains.filter(({ follower }) => !follower.caughtUp).map(({ chain }) => chain.name)
    const lacks = [
      ...(behind.length > 0 ? [`The ledger of ${behind.join(', ')} is not up to date`] : []),
      ...((await context.store.online()) ? [] : ['The artifact store cannot be reached']),
    ]
    return lacks.length === 0 ? 'ready' : reply.code(503).send({ status: 'FAIL', errors: lacks.join('. ') })
  })

  serve(app, routes.metrics, async (_request, reply) => {
    const { type, text } = await metrics.read()
    return reply.type(type).send(text)
  })
}
