import type { IncomingMessage } from 'node:http'
import multipart from '@fastify/multipart'
import { foreignHeader, PolySwarmError, parseJson, stringifyJson } from '@polyswarm/protocol'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import {
  ConsumerRequestError,
  ConsumerUnavailableError,
  QuotaExceededError,
  SubmissionUnknownError,
} from '../errors.js'
import type { Callers } from './caller.js'
import { type ConsumerRoutesOptions, consumerRoutes } from './consumer-routes.js'
import { Instances } from './instances.js'
import { BASE } from './request-parts.js'
import { uploadRoutes } from './upload-routes.js'

/** What a consumer service's HTTP side is made of. */
export interface ConsumerServerOptions extends Omit<ConsumerRoutesOptions, 'instances'> {
  callers: Callers
  logger: Logger
  /** Names it is served under besides addresses and `localhost`, in lower case. */
  hosts: readonly string[]
}

/** Bytes of a body that is no artifact. */
const BODY_LIMIT = 64 * 1024

/** A request that has not come in whole after so many milliseconds is cut off. */
const REQUEST_TIMEOUT = 15 * 60_000

/** The consumer API, ready to listen. */
export async function buildConsumerServer(options: ConsumerServerOptions): Promise<FastifyInstance> {
  const { logger, hosts } = options
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 256 },
    forceCloseConnections: true,
  })
  app.setReplySerializer((payload) => `${stringifyJson(payload)}\n`)
  app.setErrorHandler((error, request, reply) => answerError(error as FastifyError, request, reply, logger))
  app.setNotFoundHandler((request) => {
    throw new SubmissionUnknownError({ what: `route ${request.method} ${request.url.split('?', 1)[0]}` })
  })
  const names = { hosts, origins: [], plainNames: hosts.length > 0 }
  app.addHook('onRequest', async (request) => {
    const foreign = foreignHeader(request.headers, names)
    if (foreign === null) return
    const reason =
      foreign === 'host' ? 'it is not a name of this host: see --allowed-hosts' : 'pages of others get nothing'
    throw new ConsumerRequestError({ field: foreign, reason })
  })
  // Clients send what was stored as it is: nothing is sniffed, framed or run by a browser that gets it.
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('content-security-policy', "default-src 'none'; sandbox")
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : parseJson(String(body)))
    } catch (error) {
      done(new ConsumerRequestError({ field: 'body', reason: (error as Error).message }))
    }
  })
  // Forms without files say nothing that matters here.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined))
  await app.register(
    async (api) => {
      await api.register(async (uploads) => {
        uploads.removeAllContentTypeParsers()
        // Bytes are bytes, whatever a client calls them.
        uploads.addHook('onRequest', async ({ headers }) => {
          headers['content-type'] = 'application/octet-stream'
        })
        uploads.addContentTypeParser('*', (_request: FastifyRequest, payload: IncomingMessage, done) =>
          done(null, payload),
        )
        uploadRoutes(uploads, options)
      })
      await api.register(multipart, { throwFileSizeLimit: false, limits: { files: 1, fields: 20, fieldSize: 4_096 } })
      consumerRoutes(api, { ...options, instances: new Instances(options) })
    },
    { prefix: BASE },
  )
  return app
}

function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply, logger: Logger): FastifyReply {
  const known = error instanceof PolySwarmError
  const status = known ? error.status : (error.statusCode ?? 500)
  if (status >= 500) logger.error({ err: error, url: request.url.split('?', 1)[0] }, 'a request failed')
  if (error instanceof QuotaExceededError || error instanceof ConsumerUnavailableError) {
    reply.header('retry-after', error.retryAfter)
  }
  // What of a body is not read belongs to no other request.
  if (!request.raw.complete) reply.header('connection', 'close')
  const result = known || status < 500 ? error.message : 'The service failed; its log says more.'
  const errors = known ? { code: error.code } : null
  return reply.code(status).send({ status: 'error', result, errors })
}
