import type { FastifyInstance } from 'fastify'
import { openApiDocument } from './document.js'
import { openApiPage } from './page.js'

/** `/openapi.json`, and `/docs` for people. */
export function openApiRoutes(app: FastifyInstance): void {
  const document = openApiDocument()
  const text = JSON.stringify(document)
  const page = openApiPage(document)
  app.get('/openapi.json', async (_request, reply) => reply.type('application/json').send(text))
  app.get('/docs', async (_request, reply) => {
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
    return reply.type('text/html; charset=utf-8').send(page)
  })
}
