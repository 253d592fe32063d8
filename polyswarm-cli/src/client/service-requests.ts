import { failure, list, one } from '@polyswarm/protocol/consumer'
import { parseJson, stringifyJson } from '@polyswarm/protocol/json'
import { z } from 'zod'
import { ServiceAnswerError } from '../errors.js'
import { type Answer, type Exchange, exchange, readWhole } from './http-exchange.js'
import { withPatience } from './patience.js'
import { refusalOf } from './refusal.js'

/** Whom to ask, and how. */
export interface ServiceOptions {
  /** Base URL of the API, `…/v3`. */
  base: URL
  apiKey?: string | undefined
  community: string
  /** Milliseconds of silence after which a request is given up. */
  idleTimeout: number
  signal: AbortSignal
}

/** What stands behind the question mark; a name with several values is repeated. */
export type Query = Record<string, string | readonly string[]>

/** A request to a route of the API. */
interface ServiceRequest {
  method: Exchange['method']
  /** Below the base. */
  path: string
  query?: Query
  /** JSON; `''` for a form without fields. */
  body?: object | ''
}

/** 256 engines that each write metadata of 16 KiB, and then some. */
const MAX_ANSWER = 8 * 1024 * 1024
const MAX_VALUES = 300_000
const PATIENCE = { tries: 4, first: 500, longest: 30_000 }
/** Bytes a second below which an upload or a download is given up. */
const SLOWEST = 16 * 1024

const listed = z.array(z.unknown())

/** Requests to one service. Every answer is limited in size and time, and passes its schema. */
export class ServiceRequests {
  readonly #options: ServiceOptions

  constructor(options: ServiceOptions) {
    this.#options = options
  }

  /** The elements of a list. Pages are asked for as they are read, and no further than they go on. */
  async *list<T extends z.ZodType>(schema: T, path: string, query: Query): AsyncGenerator<z.output<T>> {
    const seen = new Set<string>()
    for (let page: Query = {}; ; ) {
      const answer = await this.#patiently(() => this.#json({ method: 'GET', path, query: { ...query, ...page } }))
      const { result, has_more, limit, offset } = this.#parse(list(schema), { ...(answer as object) }, `GET ${path}`)
      yield* listed.parse(result) as z.output<T>[]
      if (!has_more || offset === undefined) return
      if (seen.has(offset)) throw new ServiceAnswerError({ route: `GET ${path}`, reason: 'its pages go round' })
      seen.add(offset)
      page = { offset, limit: String(limit) }
    }
  }

  /** The one result of a route, asked for again where the service was away for a moment. */
  one<T extends z.ZodType>(schema: T, request: ServiceRequest): Promise<z.output<T>> {
    return this.#patiently(() => this.once(schema, request))
  }

  /** The same, asked once: where only the answer is lost, twice would be paid for twice. */
  async once<T extends z.ZodType>(schema: T, request: ServiceRequest): Promise<z.output<T>> {
    const route = `${request.method} ${request.path}`
    return (this.#parse(one(schema), await this.#json(request), route) as { result: z.output<T> }).result
  }

  /** Bytes of a route as they come. */
  download(path: string, query: Query, maxBytes: number): Promise<Answer> {
    return this.#patiently(() => this.#open({ method: 'GET', path, query }, maxBytes))
  }

  /** Sends bytes without the key: what takes them may be another machine. That they are there already will do. */
  async upload(url: URL, content: Uint8Array): Promise<void> {
    const route = 'PUT upload_url'
    await this.#patiently(async () => {
      const answer = await this.#send({ method: 'PUT', url, route, headers: {}, body: content }, content.length)
      const said = await readWhole(answer, route, MAX_ANSWER)
      if (answer.status >= 300 && answer.status !== 409) throw this.#refusal(answer, route, said)
    })
  }

  /** Bytes from an address that the service named, as they come, without the key: it may be another machine. */
  fetch(url: URL, maxBytes: number): Promise<Answer> {
    const route = 'GET uri'
    return this.#patiently(async () => {
      const answer = await this.#send({ method: 'GET', url, route, headers: {} }, maxBytes)
      if (answer.status === 200) return answer
      throw this.#refusal(answer, route, await readWhole(answer, route, MAX_ANSWER))
    })
  }

  async #json(request: ServiceRequest): Promise<unknown> {
    const route = `${request.method} ${request.path}`
    return parsed(await readWhole(await this.#open(request, 0), route, MAX_ANSWER), route)
  }

  /** Opens the answer of a route of the API; one that refuses is read and thrown. */
  async #open({ method, path, query = {}, body }: ServiceRequest, maxBytes: number): Promise<Answer> {
    const { base, apiKey, community } = this.#options
    const url = new URL(base)
    url.pathname = `${base.pathname.replace(/\/$/, '')}${path}`
    const route = `${method} ${path}`
    for (const [name, value] of Object.entries({ ...query, ...(method === 'GET' && { community }) })) {
      for (const each of [value].flat()) url.searchParams.append(name, each)
    }
    const headers = {
      accept: 'application/json, */*',
      ...(apiKey !== undefined && { authorization: apiKey }),
      ...(body !== undefined && {
        'content-type': body === '' ? 'application/x-www-form-urlencoded' : 'application/json',
      }),
    }
    const content = body === undefined ? undefined : Buffer.from(body === '' ? '' : stringifyJson(body))
    const answer = await this.#send({ method, url, route, headers, body: content }, maxBytes)
    if (answer.status === 200 || answer.status === 201 || answer.status === 202) return answer
    throw this.#refusal(answer, route, await readWhole(answer, route, MAX_ANSWER))
  }

  async #send(request: Omit<Exchange, 'idleTimeout' | 'timeout' | 'signal'>, bytes: number): Promise<Answer> {
    const { idleTimeout, signal } = this.#options
    return exchange({ ...request, idleTimeout, timeout: 2 * idleTimeout + (bytes / SLOWEST) * 1000, signal })
  }

  #refusal({ status, headers }: Answer, route: string, content: Buffer): Error {
    const said = failure.safeParse(safely(() => parsed(content, route)))
    const seconds = Number(headers['retry-after'])
    return refusalOf({
      url: this.#options.base.origin,
      route,
      status,
      reason: said.success ? said.data.result.slice(0, 500) : 'it did not say why',
      retryAfter: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined,
    })
  }

  #parse<T extends z.ZodType>(schema: T, answer: unknown, route: string): z.output<T> {
    const { success, data, error } = schema.safeParse(answer)
    if (success) return data
    const { path, message } = error.issues[0] ?? { path: [], message: '' }
    throw new ServiceAnswerError({ route, reason: `${path.join('.').slice(0, 100) || 'the answer'}: ${message}` })
  }

  #patiently<T>(attempt: () => Promise<T>): Promise<T> {
    return withPatience(attempt, PATIENCE, this.#options.signal)
  }
}

function parsed(content: Buffer, route: string): unknown {
  try {
    return parseJson(content.toString(), { values: MAX_VALUES })
  } catch (cause) {
    throw new ServiceAnswerError({ route, reason: 'it is no JSON, or too much of it', cause })
  }
}

function safely<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
