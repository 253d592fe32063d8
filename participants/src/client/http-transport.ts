import type { Agent, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { withinTime } from '@polyswarm/protocol'
import { AnswerTooLargeError, GatewayUnavailableError } from '../errors.js'
import { plainHttp } from './plain-http.js'

/** One HTTP request below the gateway's base URL. */
export interface HttpRequest {
  method: 'GET' | 'POST'
  /** Path below the base URL, starting with a slash, already encoded. */
  path: string
  query?: Record<string, string>
  body?: { contentType: string; content: string | Readable }
  /** Largest answer that is read, in bytes. */
  maxBytes: number
  /** Milliseconds until the request is given up. */
  timeout: number
  signal?: AbortSignal | undefined
}

/** The answer to a request, whole. */
export interface HttpAnswer {
  status: number
  body: Buffer
  retryAfter: number | undefined
}

/** The answer to a request whose body is read as it comes. */
export interface StreamedAnswer {
  status: number
  contentType: string
  /** Throws GatewayUnavailableError where it breaks off or nothing comes for a while. Whoever stops reading ends it. */
  body: AsyncGenerator<Uint8Array>
  retryAfter: number | undefined
}

/**
 * Plain requests over Node's own HTTP client, which unlike fetch sends the body that `GET /transactions` needs. Time and
 * size of every answer are limited; connections are kept open between requests.
 */
export class HttpTransport {
  readonly #base: URL
  readonly #headers: Record<string, string>
  readonly #agent: Agent
  /** Answers that wait for their reader must not keep duties from a connection. */
  readonly #streams: Agent

  constructor(base: URL, headers: Record<string, string>) {
    this.#base = base
    this.#headers = headers
    const { Agent: AgentOf } = base.protocol === 'https:' ? plainHttp.https : plainHttp.http
    this.#agent = new AgentOf({ keepAlive: true, ...(base.protocol === 'http:' && { maxSockets: 32 }) })
    this.#streams = new AgentOf({ keepAlive: true })
  }

  /**
   * @throws GatewayUnavailableError where there is no answer in time.
   * @throws AnswerTooLargeError where the answer is larger than `maxBytes`.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { signal: outer, timeout, maxBytes, path } = request
    outer?.throwIfAborted()
    return withinTime(timeout, [outer], async (signal) => {
      try {
        const response = await this.#open(request, signal, this.#agent)
        const body = await readLimited(response, maxBytes, path)
        const retryAfter = Number(response.headers['retry-after'])
        return {
          status: response.statusCode ?? 0,
          body,
          retryAfter: Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined,
        }
      } catch (error) {
        outer?.throwIfAborted()
        if (error instanceof AnswerTooLargeError) throw error
        const reason = signal.aborted ? `no answer within ${timeout} ms` : describe(error)
        throw new GatewayUnavailableError({ url: this.#base.origin, reason, cause: error })
      }
    })
  }

  /**
   * The same with an answer of any length. `timeout` holds for its beginning, and again for each part of it; the time in
   * which nobody asks for more does not count.
   */
  async stream(request: Omit<HttpRequest, 'maxBytes'> & { accept: string }): Promise<StreamedAnswer> {
    const { signal: outer, timeout } = request
    outer?.throwIfAborted()
    const ending = new AbortController()
    const signal = AbortSignal.any([ending.signal, ...(outer ? [outer] : [])])
    const limited = async <T>(work: () => Promise<T>): Promise<T> => {
      const reason = `nothing came for ${timeout} ms`
      const timer = setTimeout(() => ending.abort(new Error(reason)), timeout)
      try {
        return await work()
      } catch (error) {
        outer?.throwIfAborted()
        const words = ending.signal.aborted ? reason : describe(error)
        throw new GatewayUnavailableError({ url: this.#base.origin, reason: words, cause: error })
      } finally {
        clearTimeout(timer)
      }
    }
    const response = await limited(() => this.#open(request, signal, this.#streams))
    const retryAfter = Number(response.headers['retry-after'])
    return {
      status: response.statusCode ?? 0,
      contentType: response.headers['content-type'] ?? '',
      body: partsOf(response, limited),
      retryAfter: Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined,
    }
  }

  /** Closes idle connections. */
  close(): void {
    this.#agent.destroy()
    this.#streams.destroy()
  }

  async #open(
    { method, path, query, body, accept = 'application/json' }: Omit<HttpRequest, 'maxBytes'> & { accept?: string },
    signal: AbortSignal,
    agent: Agent,
  ): Promise<IncomingMessage> {
    const url = new URL(this.#base)
    url.pathname = `${this.#base.pathname.replace(/\/$/, '')}${path}`
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value)
    const headers: OutgoingHttpHeaders = { accept, ...this.#headers }
    if (body) headers['content-type'] = body.contentType
    if (typeof body?.content === 'string') headers['content-length'] = Buffer.byteLength(body.content)
    const { request: start } = url.protocol === 'https:' ? plainHttp.https : plainHttp.http
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const outgoing = start(url, { method, headers, agent, signal }, resolve)
    outgoing.on('error', reject)
    if (body?.content instanceof Readable) pipeline(body.content, outgoing).catch(reject)
    else outgoing.end(body?.content)
    return promise
  }
}

async function* partsOf(
  response: IncomingMessage,
  limited: <T>(work: () => Promise<T>) => Promise<T>,
): AsyncGenerator<Uint8Array> {
  const parts = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  try {
    for (;;) {
      const { done, value } = await limited(() => parts.next())
      if (done) return
      yield value
    }
  } finally {
    response.destroy()
  }
}

/**
 * Where the answer says how long it is, its pieces are put in place as they come; to join many megabytes at its end would take
 * as long as reading them, all at once.
 */
async function readLimited(response: IncomingMessage, maxBytes: number, path: string): Promise<Buffer> {
  const tooLarge = (): AnswerTooLargeError => {
    response.destroy()
    return new AnswerTooLargeError({ route: path, limit: maxBytes })
  }
  const announced = Number(response.headers['content-length'] ?? 0)
  if (announced > maxBytes) throw tooLarge()
  // Memory that was only promised is not taken until something is written to it.
  let room = Buffer.alloc(Number.isSafeInteger(announced) ? announced : 0)
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (size + chunk.length > maxBytes) throw tooLarge()
    if (size + chunk.length > room.length) {
      const larger = Buffer.alloc(Math.min(maxBytes, Math.max(2 * room.length, size + chunk.length)))
      room.copy(larger, 0, 0, size)
      room = larger
    }
    chunk.copy(room, size)
    size += chunk.length
  }
  return room.subarray(0, size)
}

function describe(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}
