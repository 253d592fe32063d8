import { once } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { foreignHeader, PolySwarmError, parseJson, stringifyJson } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import { z } from 'zod'
import { plainHttp } from '../../client/plain-http.js'
import {
  CaseUnknownError,
  DecisionRefusedError,
  InvalidOptionError,
  ReviewerKeyError,
  TooManyTriesError,
} from '../../errors.js'
import type { ArbiterCase, CaseBook } from './case-book.js'
import type { CaseDesk } from './case-desk.js'

/** What a desk is served with. */
export interface DeskServerOptions {
  book: CaseBook
  host: string
  /** 0 picks a free one. */
  port: number
  /** Names it is served under besides addresses and `localhost`. */
  hosts: readonly string[]
  logger: Pick<Logger, 'error'>
}

/** A request that was let in, and whose it is. */
interface DeskRequest {
  /** Parts of the path behind `/v1/`. */
  path: string[]
  query: Record<string, string>
  body: unknown
  who: string
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/
const BODY_LIMIT = 64 * 1024
/** Milliseconds until a request has to be there. */
const REQUEST_TIMEOUT = 10_000
/** Wrong keys in a minute, after which nobody is answered for the rest of it: whoever guesses gets no further. */
const MOST_WRONG_KEYS = 100
const MINUTE = 60_000
const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

const verdict = z.object({ verdict: z.enum(['malicious', 'benign']), why: z.string() })
const fileVerdict = verdict.extend({ sha256: z.string() })
const page = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  after: z
    .string()
    .regex(/^\d{1,15}-\d{1,15}$/)
    .optional(),
  before: z.coerce.number().int().positive().optional(),
  chain: z.enum(['home', 'side']).optional(),
})

/** The case book over HTTP, for pages and programs of those who decide; see docs/arbiters.md. */
export class DeskServer {
  readonly url: string
  readonly #server: Server
  readonly #desks: Map<string, CaseDesk>

  private constructor(server: Server, desks: Map<string, CaseDesk>, url: string) {
    this.#server = server
    this.#desks = desks
    this.url = url
  }

  /** @throws InvalidOptionError where it cannot listen. */
  static async start({ book, host, port, hosts, logger }: DeskServerOptions): Promise<DeskServer> {
    const names = { hosts: hosts.map((name) => name.toLowerCase()), origins: [], plainNames: !LOOPBACK.test(host) }
    const desks = new Map<string, CaseDesk>()
    const keys = new KeyRing(book)
    const server = plainHttp.http.createServer({ requestTimeout: REQUEST_TIMEOUT }, (request, response) => {
      const work = async (): Promise<unknown> => {
        if (foreignHeader(request.headers, names) !== null) throw new ReviewerKeyError()
        const who = keys.reviewerOf(request)
        const { pathname, searchParams } = new URL(request.url ?? '', 'http://desk')
        const body = request.method === 'POST' ? await bodyOf(request) : undefined
        const path = pathname.replace(/\/$/, '').split('/').slice(1)
        const asked = { path: path.slice(1), query: Object.fromEntries(searchParams), body, who }
        const answer = path[0] === 'v1' ? answerTo(request.method ?? '', asked, book, desks) : undefined
        if (answer === undefined) throw new CaseUnknownError({ id: pathname })
        return answer
      }
      const answer = (status: number, document: unknown): void => {
        // What of a body was not read belongs to no other request.
        response.writeHead(status, { ...HEADERS, ...(!request.complete && { connection: 'close' }) })
        response.end(`${stringifyJson(document)}\n`)
      }
      work().then(
        (result) => answer(200, { status: 'OK', result }),
        (error: unknown) => {
          const known = error instanceof PolySwarmError
          if (!known) logger.error({ err: error }, 'the desk failed')
          const text = known ? error.message : 'The desk failed; the log of the arbiter says more.'
          answer(known ? error.status : 500, { status: 'FAIL', errors: text, code: known ? error.code : null })
        },
      )
    })
    server.listen(port, host)
    await once(server, 'listening').catch((error: Error) => {
      throw new InvalidOptionError({ option: '--desk-port', reason: error.message })
    })
    const { port: taken } = server.address() as AddressInfo
    return new DeskServer(server, desks, `http://${host.includes(':') ? `[${host}]` : host}:${taken}`)
  }

  /** Serves how the arbiter of a chain does, besides the cases. */
  serve(chain: string, desk: CaseDesk): this {
    this.#desks.set(chain, desk)
    return this
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

/** The result of a request; undefined where there is no such address. */
function answerTo(
  method: string,
  { path, query, body, who }: DeskRequest,
  book: CaseBook,
  desks: ReadonlyMap<string, CaseDesk>,
): unknown {
  const [what, id, action] = path
  const now = Date.now()
  const clocked = (one: ArbiterCase) => ({ ...one, clock: book.clock(one.chain) ?? null })
  switch (
    `${method} ${[what, ...(id === undefined ? [] : ['*']), ...(action === undefined ? [] : [action])].join('/')}`
  ) {
    case 'GET cases': {
      const { limit, after, chain } = read(page, query)
      const [closesHead = -1, last = -1] = after?.split('-').map(Number) ?? []
      const cases = book.list({ limit, after: { closesHead, id: last }, ...(chain && { chain }) })
      const end = cases.at(-1)
      const next = end && cases.length === limit ? `${end.closesHead}-${end.id}` : null
      return { cases: cases.map(clocked), next }
    }
    case 'GET cases/*': {
      const one = book.get(numberOf(id))
      return { ...clocked(one), decisions: book.decisions({ sha256: one.sha256, limit: 100 }) }
    }
    case 'POST cases/*/decision': {
      const { sha256 } = book.get(numberOf(id))
      return { sha256, decided: book.decide({ ...read(verdict, body), sha256, who }, now) }
    }
    case 'POST decisions': {
      const decision = read(fileVerdict, body)
      const sha256 = decision.sha256.toLowerCase()
      return { sha256, decided: book.decide({ ...decision, sha256, who }, now) }
    }
    case 'GET decisions': {
      const { limit, before } = read(page, query)
      const decisions = book.decisions({ limit, ...(before !== undefined && { before }) })
      return { decisions, next: decisions.length === limit ? (decisions.at(-1)?.id ?? null) : null }
    }
    case 'GET status':
      return Object.fromEntries([...desks].map(([chain, desk]) => [chain, desk.status()]))
    default:
      return undefined
  }
}

function numberOf(id: string | undefined): number {
  if (id === undefined || !/^\d{1,15}$/.test(id)) throw new CaseUnknownError({ id: id ?? '' })
  return Number(id)
}

/** The JSON of a request. @throws DecisionRefusedError where there is none, or too much. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const refuse = (reason: string) => new DecisionRefusedError({ field: 'body', reason })
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) throw refuse('it is not application/json')
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > BODY_LIMIT) throw refuse(`it has more than ${BODY_LIMIT} bytes`)
    parts.push(part)
  }
  try {
    return parseJson(Buffer.concat(parts).toString('utf8'))
  } catch (error) {
    throw refuse((error as Error).message)
  }
}

function read<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value ?? {})
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new DecisionRefusedError({
    field: issue?.path.join('.') || 'body',
    reason: issue?.message ?? 'it is no JSON object',
  })
}

/** Tells whose key a request has, and keeps those off who guess. */
class KeyRing {
  readonly #book: CaseBook
  #wrong = 0
  #since = 0

  constructor(book: CaseBook) {
    this.#book = book
  }

  /** @throws ReviewerKeyError without a good key, TooManyTriesError after too many bad ones. */
  reviewerOf({ headers }: IncomingMessage): string {
    const now = performance.now()
    if (now - this.#since > MINUTE) [this.#wrong, this.#since] = [0, now]
    if (this.#wrong >= MOST_WRONG_KEYS) throw new TooManyTriesError()
    const key = /^Bearer (\S{1,200})$/i.exec(headers.authorization ?? '')?.[1]
    const name = key === undefined ? undefined : this.#book.reviewerOf(key)
    if (name !== undefined) return name
    this.#wrong++
    throw new ReviewerKeyError()
  }
}
