import {
  type Account,
  accountResult,
  type Engine,
  engineResult,
  failure,
  type HashType,
  hashTypeOf,
  type Instance,
  instanceResult,
  list,
  one,
  whoisResult,
} from '@polyswarm/protocol/consumer'
import { parseJson, stringifyJson } from '@polyswarm/protocol/json'
import { z } from 'zod'
import { ServiceAnswerError } from '../errors.js'
import { type Answer, type Exchange, exchange, readWhole } from './http-exchange.js'
import { withPatience } from './patience.js'
import { refusalOf } from './refusal.js'
import { isLoopback } from './service-address.js'

/** Whom to ask, and how. */
export interface ConsumerClientOptions {
  /** Base URL of the API, `…/v3`. */
  base: URL
  apiKey?: string | undefined
  community: string
  /** Milliseconds of silence after which a request is given up. */
  idleTimeout: number
  signal: AbortSignal
}

/** What is announced of an artifact before its bytes. */
export interface Announcement {
  /** Name of the file, or the URL itself. */
  name: string
  type: 'FILE' | 'URL'
  private: boolean
  /** Whether it is to be judged even if it was judged lately. */
  fresh: boolean
  /** Days until bytes and answer are deleted. */
  expirationWindow?: number | undefined
  /** Password of an archive, for the engines. */
  password?: string | undefined
}

/** 256 engines that each write metadata of 16 KiB, and then some. */
const MAX_ANSWER = 8 * 1024 * 1024
const MAX_VALUES = 300_000
const PATIENCE = { tries: 4, first: 500, longest: 30_000 }
/** Bytes a second below which an upload or a download is given up. */
const SLOWEST = 16 * 1024

const listed = z.array(z.unknown())

/**
 * The consumer API as `polyswarm` uses it. Every answer is limited in size and time and passes its schema; what can pass is
 * tried again where twice is once: submissions are started by their id.
 */
export class ConsumerClient {
  readonly #options: ConsumerClientOptions

  constructor(options: ConsumerClientOptions) {
    this.#options = options
  }

  /** The same service, asked for as long as `signal` has not fired. */
  until(signal: AbortSignal): ConsumerClient {
    return new ConsumerClient({ ...this.#options, signal: AbortSignal.any([this.#options.signal, signal]) })
  }

  /** Announces an artifact. Its bytes go to the answer's `upload_url`. */
  async create(announcement: Announcement): Promise<Instance> {
    const { name, type, fresh, expirationWindow, password } = announcement
    const body = {
      artifact_name: name,
      artifact_type: type,
      community: this.#options.community,
      fresh,
      private: announcement.private,
      ...(expirationWindow !== undefined && { expiration_window: expirationWindow }),
      ...(password !== undefined && { preprocessing: { type: 'zip', password } }),
    }
    return this.#one(instanceResult, 'POST', '/instance', {}, body)
  }

  /**
   * Sends the bytes of an announced artifact, without the key: what takes them may be another machine.
   *
   * @throws ServiceAnswerError where the service names an address that nothing is sent to.
   */
  async upload(address: string, content: Uint8Array): Promise<void> {
    const url = URL.parse(address)
    const { base } = this.#options
    if (!url || !/^https?:$/.test(url.protocol) || (base.protocol === 'https:' && url.protocol === 'http:')) {
      throw new ServiceAnswerError({ route: 'POST /instance', reason: 'nothing can be uploaded to its upload_url' })
    }
    // A service elsewhere that names an address of this machine would have the command speak to what listens here.
    if (isLoopback(url) && !isLoopback(base)) {
      throw new ServiceAnswerError({ route: 'POST /instance', reason: 'its upload_url leads to this machine' })
    }
    const route = 'PUT upload_url'
    await this.#patiently(async () => {
      const answer = await this.#send({ method: 'PUT', url, route, headers: {}, body: content }, content.length)
      const said = await readWhole(answer, route, MAX_ANSWER)
      // Too late: an earlier try had arrived, and its answer was lost. Starting it tells whether the bytes are there.
      if (answer.status >= 300 && answer.status !== 409) throw this.#refusal(answer, route, said)
    })
  }

  /** Has an artifact judged whose bytes are there. */
  async start(id: string): Promise<Instance> {
    return this.#one(instanceResult, 'PUT', '/instance', { id }, { community: this.#options.community })
  }

  /** A submission as it stands. @throws ServiceRefusedError with status 404 for one that is not there. */
  async submission(id: string): Promise<Instance> {
    return this.#one(instanceResult, 'GET', `/consumer/submission/${this.#community}/${id}`)
  }

  /**
   * Has an artifact judged again, by its hash or by an earlier submission. Not tried again by itself: where only the answer
   * was lost, it would be paid for twice.
   */
  async rescan(what: { id: string } | { hash: string }): Promise<Instance> {
    const base = `/consumer/submission/${this.#community}/rescan`
    const path = 'id' in what ? `${base}/${what.id}` : `${base}/${typeOf(what.hash)}/${what.hash}`
    const answer = await this.#json('POST', path, {}, '')
    return this.#parse(one(instanceResult), answer, `POST ${path}`).result
  }

  /** Contests a verdict. Not tried again by itself, as {@link rescan} is not. */
  async dispute(id: string, reason: string): Promise<Instance> {
    const path = '/instance/dispute'
    const answer = await this.#json('POST', path, { id }, { reason })
    return this.#parse(one(instanceResult), answer, `POST ${path}`).result
  }

  /** Deletes a submission that is over. */
  async delete(id: string): Promise<void> {
    await this.#one(z.null(), 'DELETE', '/instance', { id })
  }

  /** The latest submission of each artifact with a hash. */
  withHash(hash: string): AsyncGenerator<Instance> {
    return this.#list(instanceResult, `/search/hash/${typeOf(hash)}`, { hash })
  }

  /** The latest submissions of a URL. */
  withUrl(url: string): AsyncGenerator<Instance> {
    return this.#list(instanceResult, '/search/url', { url })
  }

  /** All submissions of an artifact, the latest first. */
  scansOf(hash: string): AsyncGenerator<Instance> {
    return this.#list(instanceResult, '/search/instances', { hash })
  }

  /** The submissions of the key's account, the latest first. */
  ownSubmissions(): AsyncGenerator<Instance> {
    return this.#list(instanceResult, '/instance/list', {})
  }

  /** Who has answered here. */
  engines(): AsyncGenerator<Engine> {
    return this.#list(engineResult, '/microengines/list', {})
  }

  /** Whose key it is, and what may still be used. */
  async account(): Promise<Account & { communities: string[] }> {
    const { communities } = await this.#one(whoisResult, 'GET', '/public/accounts/whois')
    return { ...(await this.#one(accountResult, 'GET', '/public/accounts')), communities }
  }

  /** The bytes of an artifact as they come: a zip with the password `infected`, or the artifact itself. */
  async download(what: { id: string } | { hash: string }, raw: boolean, maxBytes: number): Promise<Answer> {
    const [path, query] =
      'id' in what
        ? ['/instance/download', { instance_id: what.id }]
        : [`/consumer/download/${typeOf(what.hash)}/${what.hash}`, {}]
    return this.#patiently(() => this.#open('GET', path, { ...query, ...(raw && { raw: 'true' }) }, maxBytes))
  }

  /** Pages are asked for as they are read, and no further than they go on. */
  async *#list<T extends z.ZodType>(
    schema: T,
    path: string,
    query: Record<string, string>,
  ): AsyncGenerator<z.output<T>> {
    const seen = new Set<string>()
    for (let page: Record<string, string> = {}; ; ) {
      const answer = await this.#patiently(() => this.#json('GET', path, { ...query, ...page }))
      const { result, has_more, limit, offset } = this.#parse(list(schema), { ...(answer as object) }, `GET ${path}`)
      yield* listed.parse(result) as z.output<T>[]
      if (!has_more || offset === undefined) return
      if (seen.has(offset)) throw new ServiceAnswerError({ route: `GET ${path}`, reason: 'its pages go round' })
      seen.add(offset)
      page = { offset, limit: String(limit) }
    }
  }

  async #one<T extends z.ZodType>(
    schema: T,
    method: Exchange['method'],
    path: string,
    query: Record<string, string> = {},
    body?: object | '',
  ): Promise<z.output<T>> {
    const answer = await this.#patiently(() => this.#json(method, path, query, body))
    return (this.#parse(one(schema), answer, `${method} ${path}`) as { result: z.output<T> }).result
  }

  async #json(
    method: Exchange['method'],
    path: string,
    query: Record<string, string>,
    body?: object | '',
  ): Promise<unknown> {
    const route = `${method} ${path}`
    const answer = await this.#open(method, path, query, 0, body)
    const content = await readWhole(answer, route, MAX_ANSWER)
    return parsed(content, route)
  }

  /** Opens the answer of a route of the API; one that refuses is read and thrown. */
  async #open(
    method: Exchange['method'],
    path: string,
    query: Record<string, string>,
    maxBytes: number,
    body?: object | '',
  ): Promise<Answer> {
    const { base, apiKey, community } = this.#options
    const url = new URL(base)
    url.pathname = `${base.pathname.replace(/\/$/, '')}${path}`
    const route = `${method} ${path}`
    for (const [name, value] of Object.entries({ ...query, ...(method === 'GET' && { community }) })) {
      url.searchParams.set(name, value)
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

  get #community(): string {
    return encodeURIComponent(this.#options.community)
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

function typeOf(hash: string): HashType {
  const type = hashTypeOf(hash)
  if (!type) throw new TypeError(`${hash} is no hash`)
  return type
}
