import * as http from 'node:http'
import * as https from 'node:https'
import { ServiceAnswerError, ServiceUnavailableError } from '../errors.js'

/** One HTTP request. */
export interface Exchange {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: URL
  /** What errors call it. */
  route: string
  headers: Record<string, string>
  body?: Uint8Array | undefined
  /** Milliseconds of silence, in either direction, after which it is given up. */
  idleTimeout: number
  /** Milliseconds after which it is given up however much comes. */
  timeout: number
  signal: AbortSignal
}

/** The beginning of an answer. Whoever does not read `body` to its end destroys it. */
export interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  body: http.IncomingMessage
  /** Turns what reading `body` throws into an error of this program. */
  failed: (error: unknown) => Error
}

/** Hundreds of submissions that are looked at share these. */
const MAX_SOCKETS = 64

const agents = {
  'http:': new http.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
  'https:': new https.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
}

/**
 * Sends a request over Node's own HTTP client, which follows no redirect and says when an answer begins.
 *
 * @throws ServiceUnavailableError where no answer begins in time.
 * @throws the signal's reason once it fires.
 */
export async function exchange(request: Exchange): Promise<Answer> {
  const { method, url, headers, body, idleTimeout, timeout, signal: outer } = request
  outer.throwIfAborted()
  const ending = new AbortController()
  const endedBy = (reason: string) => () => ending.abort(new Error(reason))
  const timer = setTimeout(endedBy(`no whole answer within ${timeout / 1000} s`), timeout)
  const signal = AbortSignal.any([outer, ending.signal])
  const failed = (error: unknown): Error => {
    if (outer.aborted) return outer.reason
    const reason = ending.signal.aborted ? (ending.signal.reason as Error).message : sentenceOf(error)
    return new ServiceUnavailableError({ url: url.origin, reason, cause: error })
  }
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>()
  const { request: start } = url.protocol === 'https:' ? https : http
  const length = body ? { 'content-length': body.length } : {}
  const agent = agents[url.protocol as keyof typeof agents]
  const outgoing = start(url, { method, headers: { ...headers, ...length }, agent, signal }, resolve)
  outgoing.setTimeout(idleTimeout, endedBy(`nothing came for ${idleTimeout / 1000} s`))
  outgoing.on('error', reject)
  outgoing.once('close', () => clearTimeout(timer))
  outgoing.end(body)
  try {
    const response = await promise
    return { status: response.statusCode ?? 0, headers: response.headers, body: response, failed }
  } catch (error) {
    clearTimeout(timer)
    throw failed(error)
  }
}

/** Reads an answer into memory. @throws ServiceAnswerError above `maxBytes`. */
export async function readWhole({ body, failed }: Answer, route: string, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of body as AsyncIterable<Buffer>) {
      size += part.length
      if (size > maxBytes) break
      parts.push(part)
    }
  } catch (error) {
    throw failed(error)
  }
  if (size > maxBytes) throw new ServiceAnswerError({ route, reason: `more than ${maxBytes} bytes` })
  return Buffer.concat(parts)
}

function sentenceOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return sentenceOf(error.errors[0])
  const { code, message } = error as NodeJS.ErrnoException
  const known: Record<string, string> = {
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'its name is not known',
    ECONNRESET: 'it broke off',
  }
  return known[code ?? ''] ?? message
}
