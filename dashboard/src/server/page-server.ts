import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { foreignHeader, type ServedNames, stringifyJson } from '@polyswarm/protocol'
import sirv from 'sirv'
import { PAGE_HEADERS } from './content-policy.js'
import type { PageSettings } from './page-settings.js'
import { ReversePath } from './reverse-path.js'

/** Answers what comes below a path. @param path below it, query included. */
export type PathHandler = (request: IncomingMessage, response: ServerResponse, path: string) => void

/** A server that is asked with a key which the page is not told. */
export interface GuardedServer {
  url: URL
  /** The value of the header `Authorization`, whatever the page says. */
  authorization: string
}

/** What a page is served with. */
export interface PageServerOptions {
  /** Address to listen on; 127.0.0.1 by default. */
  host?: string
  /** 0 picks a free one. */
  port: number
  /** Names it is served under besides addresses and `localhost`, in lower case. */
  hosts?: readonly string[]
  /** What the page is told of the market, as `/page.json`. */
  settings: PageSettings
  /** What is below `/api/NAME/`: another server by its URL, with a key where it needs one, or whoever answers here. */
  api: Readonly<Record<string, URL | GuardedServer | PathHandler>>
}

/** The built page, in this package, wherever this file has been bundled into. */
const FILES = join(dirname(createRequire(import.meta.url).resolve('@polyswarm/dashboard')), '../page')

/** A request must have come in within so many milliseconds: long enough for an upload on a slow line. */
const REQUEST_TIMEOUT = 15 * 60_000

/** Brings the page to browsers, and what the page asks to the servers behind it: all on one origin. */
export class PageServer {
  readonly #server: Server
  readonly #names: ServedNames
  readonly #paths: ReadonlyMap<string, ReversePath | PathHandler>
  readonly #files = sirv(FILES, {
    single: true,
    gzip: true,
    etag: true,
    setHeaders: (response, path) => {
      for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value)
      const isNamedByContent = path.startsWith('/assets/')
      response.setHeader('cache-control', isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  readonly #settings: string

  private constructor({ settings, api, hosts = [] }: PageServerOptions) {
    this.#server = createServer({ requestTimeout: REQUEST_TIMEOUT })
    this.#names = { hosts, origins: [], plainNames: hosts.length > 0 }
    this.#settings = stringifyJson(settings)
    this.#paths = new Map(
      Object.entries(api).map(([name, to]) => [name, typeof to === 'function' ? to : pathTo(to)] as const),
    )
    this.#server.on('request', (request, response) => this.#answer(request, response))
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  /** Listens. */
  static async open(options: PageServerOptions): Promise<PageServer> {
    const page = new PageServer(options)
    page.#server.listen(options.port, options.host ?? '127.0.0.1')
    await once(page.#server, 'listening')
    return page
  }

  /** Where the page is. */
  get url(): string {
    const { address, family, port } = this.#server.address() as AddressInfo
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  }

  /** Ends it, and every connection through it. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    for (const path of this.#paths.values()) if (path instanceof ReversePath) path.close()
    await closed
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const foreign = foreignHeader(request.headers, this.#names)
    const api = this.#below(request.url ?? '/')
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (foreign !== null) refuse(response, 403, refusalText(foreign))
    else if (api === null) refuse(response, 404, 'There is nothing below this path.')
    else if (api?.to instanceof ReversePath) api.to.pass(request, response, api.path)
    else if (api) api.to(request, response, api.path)
    else if (!isRead) refuse(response, 405, 'The page is read only.')
    else if (request.url === '/page.json') this.#tell(response)
    else this.#files(request, response, () => refuse(response, 404, 'There is no such file.'))
  }

  #tell(response: ServerResponse): void {
    response.writeHead(200, { ...PAGE_HEADERS, 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(this.#settings)
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const api = foreignHeader(request.headers, this.#names) === null ? this.#below(request.url ?? '/') : null
    if (api?.to instanceof ReversePath) api.to.tunnel(request, socket, head, api.path)
    else socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  }

  /** Who answers a path of the API; null where nobody does, undefined for a path of the page. */
  #below(url: string): { to: ReversePath | PathHandler; path: string } | null | undefined {
    const [, name = '', path = ''] = /^\/api\/([a-z]*)(.*)$/s.exec(url) ?? []
    if (!url.startsWith('/api/')) return undefined
    const to = this.#paths.get(name)
    return to && path.startsWith('/') ? { to, path } : null
  }
}

function pathTo(to: URL | GuardedServer): ReversePath {
  return to instanceof URL ? new ReversePath(to) : new ReversePath(to.url, to.authorization)
}

function refusalText(foreign: 'host' | 'origin'): string {
  return foreign === 'host' ? 'This is not a name of this page.' : 'Pages of others get nothing here.'
}

function refuse(response: ServerResponse, status: number, result: string): void {
  response.writeHead(status, { ...PAGE_HEADERS, 'content-type': 'application/json' })
  response.end(`${stringifyJson({ status: 'error', result, errors: null })}\n`)
}
