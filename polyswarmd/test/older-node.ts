import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Call {
  id: number
  method: string
}

/** A node as seen from outside that lacks some methods, as nodes of some years ago do. */
export class OlderNode {
  readonly #server: Server
  url = ''

  private constructor(server: Server) {
    this.#server = server
  }

  /** @param rpcUrl of the node itself. */
  static async before(rpcUrl: string, lacks: readonly string[]): Promise<OlderNode> {
    const server = createServer(async (request, response) => {
      const asked = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Call | Call[]
      const calls = [asked].flat()
      const known = calls.filter(({ method }) => !lacks.includes(method))
      const headers = { 'content-type': 'application/json' }
      const answered = await fetch(rpcUrl, { method: 'POST', headers, body: JSON.stringify(known) })
      const answers = (known.length > 0 ? await answered.json() : []) as Call[]
      for (const { id, method } of calls) {
        if (known.some((call) => call.id === id)) continue
        const error = { code: -32601, message: `the method ${method} does not exist/is not available` }
        answers.push({ jsonrpc: '2.0', id, error } as unknown as Call)
      }
      response.writeHead(200, headers).end(JSON.stringify(Array.isArray(asked) ? answers : answers[0]))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const node = new OlderNode(server)
    node.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return node
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}
