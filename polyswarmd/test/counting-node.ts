import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A node as a proxy before it sees it: how often each method was called. */
export class CountingNode {
  readonly calls = new Map<string, number>()
  readonly #server: Server
  url = ''

  private constructor(server: Server) {
    this.#server = server
  }

  /** @param rpcUrl of the node itself. */
  static async before(rpcUrl: string): Promise<CountingNode> {
    const server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString()
      for (const { method } of [JSON.parse(body) as { method: string }].flat()) {
        node.calls.set(method, (node.calls.get(method) ?? 0) + 1)
      }
      const headers = { 'content-type': 'application/json' }
      const answered = await fetch(rpcUrl, { method: 'POST', headers, body })
      response.writeHead(answered.status, headers).end(await answered.text())
    })
    const node = new CountingNode(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    node.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return node
  }

  /** Calls of a method since the last look. */
  take(method: string): number {
    const count = this.calls.get(method) ?? 0
    this.calls.delete(method)
    return count
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}
