import { once } from 'node:events'
import { Agent, request as ask, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { foreignHeader, stringifyJson } from '@polyswarm/protocol'

/** What the gate answers to: addresses, and `localhost`. */
const NAMES = { hosts: [], origins: [], plainNames: false }

const REFUSAL = 'The development chain does not speak to web pages.'

/**
 * The door to the development chain. anvil obeys whoever reaches it, also over WebSockets that a page in a user's browser
 * opens; so it listens where pages do not find it, and what comes here is passed on to it, unless a page has sent it.
 */
export class ChainGate {
  readonly #server: Server
  readonly #node: URL
  readonly #agent = new Agent({ keepAlive: true })
  readonly #tunnels = new Set<Duplex>()

  private constructor(server: Server, node: URL) {
    this.#server = server
    this.#node = node
  }

  /**
   * Opens the gate on 127.0.0.1; the chain behind it may come and go.
   *
   * @param node where the chain listens.
   */
  static async open(port: number, node: URL): Promise<ChainGate> {
    const server = createServer()
    const gate = new ChainGate(server, node)
    server.on('request', (request, response) => gate.#pass(request, response))
    server.on('upgrade', (request, socket, head) => gate.#tunnel(request, socket, head))
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return gate
  }

  /** Where it listens. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Closes the gate and every connection through it. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    for (const end of this.#tunnels) end.destroy()
    this.#agent.destroy()
    await closed
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    if (foreignHeader(request.headers, NAMES)) {
      answer(response, 403, REFUSAL)
      return
    }
    const { method, url: path, headers: sent } = request
    const { hostname, port } = this.#node
    const headers = { ...sent, host: this.#node.host }
    const onward = ask({ hostname, port, method, path, headers, agent: this.#agent }, (said) => {
      response.writeHead(said.statusCode ?? 502, said.headers)
      said.pipe(response)
      said.on('error', () => response.destroy())
    })
    onward.on('error', ({ message }) => answer(response, 502, `The chain does not answer: ${message}.`))
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  }

  #tunnel(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refused = foreignHeader(request.headers, NAMES) !== null
    if (refused) socket.end(`HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n${REFUSAL}\n`)
    const onward = refused ? undefined : this.#connect(request, head)
    const ends = [socket, ...(onward ? [onward] : [])]
    for (const end of ends) {
      this.#tunnels.add(end)
      end.on('error', () => undefined)
      end.on('close', () => {
        this.#tunnels.delete(end)
        for (const other of ends) other.destroy()
      })
    }
    if (onward) socket.pipe(onward).pipe(socket)
  }

  /** Asks the chain for the same upgrade. */
  #connect({ method, url, rawHeaders }: IncomingMessage, head: Buffer): Socket {
    const lines = [`${method} ${url} HTTP/1.1`]
    for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
    const onward = connect(Number(this.#node.port), this.#node.hostname)
    onward.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
    onward.write(head)
    return onward
  }
}

function answer(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) response.destroy()
  else response.writeHead(status, { 'content-type': 'application/json' }).end(`${stringifyJson({ error: message })}\n`)
}
