import { readFileSync } from 'node:fs'
import { parseJson, stringifyJson } from '@polyswarm/protocol'
import { routes } from '@polyswarm/protocol/routes'
import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../api/api-context.js'
import { serve } from '../api/serve-route.js'
import type { ChainName } from '../chain/market-chain.js'
import { openApiDocument } from './document.js'
import { openApiPage } from './page.js'

const { version } = parseJson(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** `/openapi.json`, `/docs` for people, and `/`, which names both. */
export function openApiRoutes(app: FastifyInstance, { chains }: ApiContext): void {
  const document = openApiDocument(Object.keys(chains) as ChainName[])
  const text = stringifyJson(document)
  const self = { name: 'polyswarmd', version, openapi: '/openapi.json', docs: '/docs' }
  serve(app, routes.self, async () => self)
  const page = openApiPage(document)
  serve(app, routes.openapi, async (_request, reply) => reply.type('application/json').send(text))
  serve(app, routes.docs, async (_request, reply) => {
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
    return reply.type('text/html; charset=utf-8').send(page)
  })
}
