import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseJson, stringifyJson } from '@polyswarm/protocol'
import { plainHttp } from '../client/plain-http.js'
import { BackendError } from '../errors.js'
import type { Finding } from '../findings/finding.js'
import { readBody } from './request-body.js'

/** One artifact that is out for judgement. */
interface Errand {
  content: Uint8Array
  /** Reads an answer. */
  read: (value: unknown) => Finding | { refused: string }
  found: (finding: Finding) => void
  /** Answers that can still be refused. */
  triesLeft: number
}

/** Where a webhook gets one artifact, and brings its answer. */
export interface ErrandAddresses {
  artifactUri: string
  responseUrl: string
}

const MOST_BYTES = 64 * 1024
const TRIES = 8
const PATH = /^\/(artifacts|responses)\/([\w-]{43})$/

/**
 * Serves artifacts to webhooks, and takes their answers, each at an address that nobody can guess and that is for one
 * bounty: it ends with the first valid answer, or with the time for it.
 */
export class AnswerDesk {
  readonly #server: Server
  readonly #base: string
  readonly #errands = new Map<string, Errand>()
  /** The errand whose answer a secret opens; another secret than that of its artifact. */
  readonly #answers = new Map<string, string>()

  private constructor(server: Server, base: string) {
    this.#server = server
    this.#base = base
  }

  /**
   * @param publicUrl how webhooks reach it; by default what it listens on.
   * @throws BackendError where it cannot listen.
   */
  static async start({ host, port, publicUrl }: { host: string; port: number; publicUrl?: string | undefined }) {
    const server = plainHttp.http.createServer({ requestTimeout: 30_000, headersTimeout: 10_000 })
    server.listen(port, host)
    await once(server, 'listening').catch((cause: Error) => {
      throw new BackendError({ backend: 'webhook', reason: cause.message, cause })
    })
    const { port: taken } = server.address() as AddressInfo
    const own = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`
    const desk = new AnswerDesk(server, (publicUrl ?? own).replace(/\/$/, ''))
    server.on('request', (request, response) => void desk.#serve(request, response))
    return desk
  }

  /**
   * Puts an artifact out, and waits for the answer.
   *
   * @param read makes a finding of an answer, or says why it is none.
   * @throws the signal's reason once it fires.
   */
  open(
    { content, read }: Pick<Errand, 'content' | 'read'>,
    signal: AbortSignal,
  ): ErrandAddresses & { finding: Promise<Finding> } {
    signal.throwIfAborted()
    const [artifact, response] = [secret(), secret()]
    const { promise, resolve, reject } = Promise.withResolvers<Finding>()
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    this.#errands.set(artifact, { content, read, found: resolve, triesLeft: TRIES })
    this.#answers.set(response, artifact)
    const finding = promise.finally(() => {
      signal.removeEventListener('abort', onAbort)
      this.#errands.delete(artifact)
      this.#answers.delete(response)
    })
    const address = {
      artifactUri: `${this.#base}/artifacts/${artifact}`,
      responseUrl: `${this.#base}/responses/${response}`,
    }
    return { ...address, finding }
  }

  /** Errands that are open. */
  get size(): number {
    return this.#errands.size
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind, key = ''] = PATH.exec(request.url ?? '') ?? []
    if (kind === 'artifacts' && (request.method === 'GET' || request.method === 'HEAD')) {
      const errand = this.#errands.get(key)
      if (!errand) return reply(response, 404, 'there is no such artifact, or its time is over')
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': errand.content.length,
        'x-content-type-options': 'nosniff',
      })
      response.end(request.method === 'HEAD' ? undefined : errand.content)
      return
    }
    if (kind === 'responses' && request.method === 'POST') return this.#take(key, request, response)
    reply(response, 404, 'there is nothing here')
  }

  async #take(key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#answers.has(key))
      return reply(response, 404, 'there is no such bounty, it was answered, or its time is over')
    const body = await readBody(request, MOST_BYTES)
    const errand = this.#errands.get(this.#answers.get(key) ?? '')
    if (!body) {
      reply(response, 413, `an answer has ${MOST_BYTES} bytes at most`)
      response.once('close', () => request.destroy())
      return
    }
    // Another answer may have come while this one was read.
    if (!errand) return reply(response, 404, 'it was answered, or its time is over')
    const finding = errand.read(jsonOf(body))
    if ('refused' in finding) {
      if (--errand.triesLeft <= 0) this.#answers.delete(key)
      return reply(response, 400, finding.refused)
    }
    this.#answers.delete(key)
    errand.found(finding)
    reply(response, 200)
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

function jsonOf(body: Buffer): unknown {
  try {
    return parseJson(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function reply(response: ServerResponse, status: number, error?: string): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(status === 413 && { connection: 'close' }) })
  response.end(stringifyJson(error === undefined ? { status: 'OK' } : { error }))
}
