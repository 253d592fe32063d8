import { type IncomingMessage, METHODS } from 'node:http'
import multipart from '@fastify/multipart'
import { PolySwarmError, stringifyJson } from '@polyswarm/protocol'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { guardAgainstPages } from '../access/page-guard.js'
import { OverloadedError } from '../errors.js'
import { openApiRoutes } from '../openapi/openapi-routes.js'
import type { ApiContext } from './api-context.js'
import { artifactRoutes } from './artifact-routes.js'
import { balanceRoutes } from './balance-routes.js'
import { bountyActionRoutes } from './bounty-action-routes.js'
import { bountyMoveRoutes } from './bounty-move-routes.js'
import { bountyRoutes } from './bounty-routes.js'
import { checkRequest } from './check-request.js'
import { answerClientError } from './client-error.js'
import { dueRoutes } from './due-routes.js'
import { addDynamicFees } from './dynamic-fees.js'
import { keepingRoutes } from './keeping-routes.js'
import { type KnownPaths, recordPaths } from './known-paths.js'
import { listRoutes } from './list-routes.js'
import { offerActionRoutes } from './offer-action-routes.js'
import { offerRoutes } from './offer-routes.js'
import { addPreflight } from './preflight.js'
import { quoteRoutes } from './quote-routes.js'
import { BodyTooLargeError, BodyTooSlowError, RefusalError, TooManyRequestsError, UnknownPathError } from './refusal.js'
import { relayRoutes } from './relay-routes.js'
import { BODY_LIMIT } from './request-body.js'
import { stakingRoutes } from './staking-routes.js'
import { statusRoutes } from './status-routes.js'
import { transactionRoutes } from './transaction-routes.js'

/** What a failure is called. */
export type Wording = (error: PolySwarmError, request: FastifyRequest) => string

/** How long to wait before something is asked for again that is not there now, in seconds. */
const UNAVAILABLE_PAUSE = 1

/** A request that has not come in whole after this time is cut off, in ms: long enough for 256 artifacts on a slow line. */
const REQUEST_TIMEOUT = 15 * 60_000

/** The HTTP side of the daemon, ready to listen; `/events` is added by the stream. */
export async function buildServer(context: ApiContext): Promise<FastifyInstance> {
  const app = await buildFrame(context)
  for (const routes of [
    statusRoutes,
    transactionRoutes,
    balanceRoutes,
    artifactRoutes,
    bountyRoutes,
    bountyMoveRoutes,
    listRoutes,
    keepingRoutes,
    dueRoutes,
    openApiRoutes,
    bountyActionRoutes,
    quoteRoutes,
    stakingRoutes,
    relayRoutes,
    offerRoutes,
    offerActionRoutes,
  ]) {
    routes(app, context)
  }
  return app
}

/**
 * What every version of the API has in common: bodies, envelopes, paths and failures; no route yet.
 *
 * @param wording what a failure is called in this version.
 */
export async function buildFrame(
  context: ApiContext,
  wording: Wording = ({ message }) => message,
): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: context.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: false, maxParamLength: 500 },
    forceCloseConnections: 'idle',
    clientErrorHandler: (error, socket) => answerClientError(paths, error, socket),
  })
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true })
  for (const method of METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method)
  readBodies(app, context)
  app.setReplySerializer((payload) => `${stringifyJson(payload)}\n`)
  const paths: KnownPaths = recordPaths(app)
  tellOfUpgrades(app)
  // A WebSocket that is refused, by whatever hook or route, was taken off the HTTP server: nobody else would close it.
  app.addHook('onResponse', ({ raw }, _reply, done) => {
    if (raw.headers.upgrade !== undefined) raw.socket.destroySoon()
    done()
  })
  guardAgainstPages(app, context.names)
  context.access.guard(app)
  // Before a body is read that nobody wants.
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.is404) throw new UnknownPathError()
    checkRequest(request)
    done()
  })
  addPreflight(app, context)
  addDynamicFees(app, context)
  app.setNotFoundHandler((request, reply) => unknownPath(paths, request, reply))
  app.setErrorHandler((error, request, reply) => answerError(error as FastifyError, { paths, wording }, request, reply))
  await app.register(multipart, { throwFileSizeLimit: false })
  return app
}

/** A path for WebSockets that is asked for without an upgrade says so. */
function tellOfUpgrades(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (!route.websocket) return
    route.wsHandler = route.handler as unknown as NonNullable<typeof route.wsHandler>
    route.websocket = false
    route.handler = async (_request, reply) => {
      reply.header('upgrade', 'websocket').header('connection', 'upgrade')
      throw new RefusalError('UPGRADE_REQUIRED')
    }
  })
}

/** JSON with exact integers; a body of any other type is read and counts as none. */
function readBodies(app: FastifyInstance, { access, bodies }: ApiContext): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', async (request: FastifyRequest, payload: IncomingMessage) => {
    const { bodyLimit } = request.routeOptions
    const limit = access.isKeyless(request) ? Math.min(bodyLimit, BODY_LIMIT) : bodyLimit
    const announced = Number(request.headers['content-length'] ?? Number.NaN)
    try {
      return await bodies.read(payload, { limit, announced })
    } catch (error) {
      throw error instanceof SyntaxError ? Object.assign(error, { statusCode: 400 }) : error
    }
  })
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume()
    done(null, null)
  })
}

/** The two shapes of failure: an envelope for what the API refuses, a bare message for what HTTP refuses. */
function answerError(
  error: FastifyError,
  { paths, wording }: { paths: KnownPaths; wording: Wording },
  request: FastifyRequest,
  reply: FastifyReply,
) {
  if (error instanceof UnknownPathError) return unknownPath(paths, request, reply)
  if (error instanceof PolySwarmError) {
    const retryAfter = retryAfterOf(error)
    if (retryAfter !== null) reply.header('retry-after', retryAfter)
    // The rest of such a body is not read: nothing that follows on this connection could be told from it.
    if (!request.raw.complete && isOfBody(error)) reply.header('connection', 'close')
    if (error.status >= 500) request.log.warn({ err: error, url: request.url }, 'a request could not be served')
    return reply.code(error.status).send({ status: 'FAIL', errors: wording(error, request) })
  }
  const status = error.statusCode ?? 500
  // Of a client that hung up there is nothing to mend here.
  if (request.raw.destroyed && !request.raw.complete) request.log.debug({ url: request.url }, 'the client hung up')
  else if (status >= 500) request.log.error({ err: error, url: request.url }, 'a request failed')
  const text = status === 400 ? 'Bad Request' : status === 413 ? 'Request Entity Too Large' : 'Error'
  return reply.code(status).send({ message: `${status} ${text}: ${error.message}` })
}

/** For how many seconds a client should wait; null where nothing is gained by it. */
function retryAfterOf(error: PolySwarmError): number | null {
  if (error instanceof TooManyRequestsError || error instanceof OverloadedError) return error.retryAfter
  return error.status === 503 ? UNAVAILABLE_PAUSE : null
}

function isOfBody(error: PolySwarmError): boolean {
  return error instanceof BodyTooLargeError || error instanceof BodyTooSlowError || error instanceof OverloadedError
}

/** 404, or what is true of a path that exists under other methods: 405, and for OPTIONS 200 with the list of them. */
function unknownPath(paths: KnownPaths, request: FastifyRequest, reply: FastifyReply) {
  const path = request.url.split('?', 1)[0]?.replace(/\/$/, '') ?? ''
  const methods = paths.methodsOf(path)
  if (methods.length > 0 && !methods.includes(request.method)) {
    reply.header('allow', [...methods, 'OPTIONS'].join(', '))
    if (request.method === 'OPTIONS') return reply.code(200).type('text/html').send('')
    return reply.code(405).send({ message: '405 Method Not Allowed: The method is not allowed for the requested URL.' })
  }
  return reply.code(404).send({ message: '404 Not Found: The requested URL was not found on the server.' })
}
