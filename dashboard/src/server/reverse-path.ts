import { Agent, request as ask, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import { request as askSafely, Agent as SafeAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import { stringifyJson } from '@polyswarm/protocol'

/** Headers that say which page asked, which was checked already, or that hold for one connection only. */
const DROPPED = [
  'host',
  'origin',
  'referer',
  'cookie',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'keep-alive',
  'proxy-connection',
]

/**
 * What comes from below a path is data. An artifact is whatever its author likes, and must be no document or script of the
 * page's origin.
 */
const SEALED = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

/** Types that no browser runs or draws; everything else is bytes. */
const DATA_TYPES = /^(application\/(json|zip|octet-stream)|text\/(event-stream|csv))\b/

/** Headers that would do something to the page's origin, or hold for one connection only. */
const STRIPPED = ['set-cookie', 'clear-site-data', 'service-worker-allowed', 'refresh', 'connection', 'keep-alive']

/** How a page says its API key where a browser lets it set no header: `polyswarm.key.HEX` among the subprotocols of a WebSocket. */
const KEY_PROTOCOL = /^polyswarm\.key\.((?:[0-9a-f]{2}){1,256})$/

/** The protocol that such a page goes on with. */
const EVENT_PROTOCOL = 'polyswarm.events'

/** Milliseconds in which a server behind a path must say something. */
const PATIENCE = 120_000

/** Passes what comes below a path on to another server, requests and WebSockets alike, with nothing of the page's in it. */
export class ReversePath {
  readonly #target: URL
  readonly #agent: Agent
  readonly #tunnels = new Set<Duplex>()
  readonly #key: OutgoingHttpHeaders

  /**
   * @param target base URL of the server behind it; it may come and go.
   * @param authorization the key that it is asked with, whatever the page says; that of the page where there is none.
   */
  constructor(target: URL, authorization?: string) {
    this.#target = target
    this.#key = authorization === undefined ? {} : { authorization }
    this.#agent = target.protocol === 'https:' ? new SafeAgent({ keepAlive: true }) : new Agent({ keepAlive: true })
  }

  /** Answers a request with what the server says. @param path below the target, query included. */
  pass(request: IncomingMessage, response: ServerResponse, path: string): void {
    const onward = this.#ask(request, path, cleaned(request))
    onward.setTimeout(PATIENCE, () => onward.destroy(new Error('it says nothing')))
    onward.on('response', (said) => {
      response.writeHead(said.statusCode ?? 502, { ...harmless(said.headers), ...SEALED })
      said.pipe(response)
      said.on('error', () => response.destroy())
    })
    onward.on('error', ({ message }) => unreachable(response, message))
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  }

  /** Joins a WebSocket of a page with one of the server. */
  tunnel(request: IncomingMessage, socket: Duplex, head: Buffer, path: string): void {
    const { key, headers } = upgradeHeaders(request)
    this.#hold(socket)
    const onward = this.#ask(request, path, headers)
    socket.on('close', () => onward.destroy())
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'))
    onward.on('response', (said) => {
      // It was refused: the page gets the status, as a browser shows it no more than that.
      socket.end(`HTTP/1.1 ${said.statusCode} ${said.statusMessage}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      said.resume()
    })
    onward.on('upgrade', (said, end, first) => {
      this.#hold(end)
      const lines = Object.entries(said.headers).map(([name, value]) => `${name}: ${value}`)
      if (key !== undefined) lines.push(`sec-websocket-protocol: ${EVENT_PROTOCOL}`)
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
      socket.write(first)
      end.write(head)
      socket.pipe(end).pipe(socket)
      socket.on('close', () => end.destroy())
      end.on('close', () => socket.destroy())
    })
    onward.end()
  }

  /** Ends everything that is open. */
  close(): void {
    for (const end of this.#tunnels) end.destroy()
    this.#agent.destroy()
  }

  #ask({ method }: IncomingMessage, path: string, headers: OutgoingHttpHeaders) {
    const { protocol, hostname, port, pathname } = this.#target
    const send = protocol === 'https:' ? askSafely : ask
    const below = `${pathname.replace(/\/$/, '')}${path}`
    return send({ hostname, port, method, path: below, headers: { ...headers, ...this.#key }, agent: this.#agent })
  }

  #hold(end: Duplex): void {
    this.#tunnels.add(end)
    end.on('error', () => undefined)
    end.on('close', () => this.#tunnels.delete(end))
  }
}

function cleaned({ headers }: IncomingMessage): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !DROPPED.includes(name)))
}

function harmless(headers: IncomingMessage['headers']): OutgoingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !STRIPPED.includes(name))
  const type = headers['content-type'] ?? ''
  return { ...Object.fromEntries(kept), 'content-type': DATA_TYPES.test(type) ? type : 'application/octet-stream' }
}

/** The key that a page gave as a subprotocol goes on as a header, and as nothing else. */
function upgradeHeaders(request: IncomingMessage): { key: string | undefined; headers: OutgoingHttpHeaders } {
  const { 'sec-websocket-protocol': protocols = '', ...headers } = cleaned(request)
  const offered = String(protocols).split(/\s*,\s*/)
  const hex = offered.map((name) => KEY_PROTOCOL.exec(name)?.[1]).find((found) => found !== undefined)
  const key = hex === undefined ? undefined : Buffer.from(hex, 'hex').toString('latin1')
  return { key, headers: { ...headers, ...(key !== undefined && { authorization: key }) } }
}

function unreachable(response: ServerResponse, reason: string): void {
  if (response.headersSent) response.destroy()
  else {
    const result = `The server behind this page does not answer: ${reason}.`
    response.writeHead(502, { 'content-type': 'application/json' })
    response.end(`{"status":"error","result":${stringifyJson(result)},"errors":null}\n`)
  }
}
