import { once } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseJson, stringifyJson } from '@polyswarm/protocol'
import { plainHttp } from '../client/plain-http.js'
import { InvalidOptionError } from '../errors.js'
import { readBody } from './request-body.js'
import { parseWebhookBounty, type WebhookBounty } from './webhook-bounty.js'
import type { WebhookSecret } from './webhook-secret.js'

/** A service that judges for a marketplace. */
export interface WebhookServiceOptions {
  secret: WebhookSecret
  host: string
  /** 0 picks a free one. */
  port: number
  /** Takes a bounty on. @returns false where there is too much to do already. */
  accept: (bounty: WebhookBounty) => boolean
  /** Milliseconds since 1970. */
  clock?: () => number
}

interface Reply {
  status: number
  body: Record<string, string>
}

const SIGNATURE = 'x-polyswarm-signature'
const EVENT = 'x-polyswarm-event'
/** A bounty is a few hundred bytes and what is said of its artifact. */
const MOST_BYTES = 256 * 1024
/** Milliseconds for which a bounty may be open; by then its id is forgotten. */
const LONGEST = 24 * 3_600_000
/** Ids that are remembered. */
const MOST_IDS = 100_000

const OK: Reply = { status: 200, body: { status: 'OK' } }
const ACCEPTED: Reply = { status: 202, body: { status: 'ACCEPTED' } }
const INVALID: Reply = { status: 400, body: { bounty: 'Invalid bounty request' } }
const BUSY: Reply = { status: 503, body: { status: 'BUSY' } }

/**
 * Takes bounties as an engine of the original's last generation does, answers at once, and has them worked on. The same
 * bounty is worked on once, however often it is delivered.
 */
export class WebhookService {
  readonly url: string
  readonly #server: Server
  readonly #options: WebhookServiceOptions
  /** When the bounties that were taken expire, by their ids; in the order in which they came. */
  readonly #taken = new Map<string, number>()

  private constructor(server: Server, options: WebhookServiceOptions) {
    const { address, port, family } = server.address() as AddressInfo
    this.url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/`
    this.#server = server
    this.#options = options
  }

  /** @throws InvalidOptionError where the port is taken. */
  static async start(options: WebhookServiceOptions): Promise<WebhookService> {
    const server = plainHttp.http.createServer({ requestTimeout: 30_000, headersTimeout: 10_000 })
    server.listen(options.port, options.host)
    await once(server, 'listening').catch((error: Error) => {
      throw new InvalidOptionError({ option: '--port', reason: error.message })
    })
    const service = new WebhookService(server, options)
    server.on('request', async (request, response) => {
      const { status, body } = await service.#reply(request)
      const isUnread = status === 413
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(status === 503 && { 'retry-after': '1' }),
        ...(isUnread && { connection: 'close' }),
      })
      response.end(request.method === 'HEAD' ? undefined : stringifyJson(body), () => {
        if (isUnread) request.destroy()
      })
    })
    return service
  }

  /** Takes no more. */
  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeIdleConnections()
    await once(this.#server, 'close')
  }

  async #reply(request: IncomingMessage): Promise<Reply> {
    if (request.method === 'GET' || request.method === 'HEAD') return OK
    const body = await readBody(request, MOST_BYTES)
    if (!body) return { status: 413, body: { bounty: `More than ${MOST_BYTES} bytes` } }
    const signature = headerOf(request, SIGNATURE)
    if (signature === '')
      return { status: 400, body: { [SIGNATURE.toUpperCase()]: 'Signature not included in headers' } }
    if (!this.#options.secret.isSigned(body, signature)) {
      return { status: 401, body: { [SIGNATURE.toUpperCase()]: 'Signature does not match body' } }
    }
    if (request.method !== 'POST') return { status: 405, body: { status: 'Only POST and GET are supported' } }
    const event = headerOf(request, EVENT).toLowerCase()
    if (event === 'ping') return OK
    if (event !== 'bounty') return { status: 400, body: { [EVENT.toUpperCase()]: 'Given event not supported' } }
    if (!/^application\/json\b/i.test(headerOf(request, 'content-type'))) {
      return { status: 415, body: { bounty: 'The content type must be application/json' } }
    }
    return this.#take(body)
  }

  #take(body: Buffer): Reply {
    const now = this.#options.clock?.() ?? Date.now()
    const bounty = bountyOf(body)
    if (!bounty || bounty.expiration > now + LONGEST) return INVALID
    if (bounty.expiration <= now) return { status: 400, body: { bounty: 'The bounty has expired' } }
    this.#forget(now)
    const id = `${bounty.phase} ${bounty.id}`
    if (this.#taken.has(id)) return ACCEPTED
    if (this.#taken.size >= MOST_IDS || !this.#options.accept(bounty)) return BUSY
    this.#taken.set(id, bounty.expiration)
    return ACCEPTED
  }

  /** Each new id makes room for two at most: what this costs does not depend on how many there are. */
  #forget(now: number): void {
    let looks = 0
    for (const [id, expiration] of this.#taken) {
      if (looks++ === 2) return
      this.#taken.delete(id)
      if (expiration > now) this.#taken.set(id, expiration)
    }
  }
}

function headerOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name]
  return typeof value === 'string' ? value : ''
}

function bountyOf(body: Buffer): WebhookBounty | undefined {
  try {
    return parseWebhookBounty(parseJson(body.toString('utf8')))
  } catch {
    return undefined
  }
}
