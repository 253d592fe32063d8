import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A node as a proxy before it sees it: how often each method was called. */
export class CountingNode {
  readonly calls = new Map<string, number>()
  /** Requests that asked for too many blocks. */
  refused = 0
  readonly #server: Server
  url = ''

  private constructor(server: Server) {
    this.#server = server
  }

  /**
   * @param rpcUrl of the node itself.
   * @param longest blocks of the longest range of logs that is not refused.
   */
  static async before(rpcUrl: string, longest = Number.POSITIVE_INFINITY): Promise<CountingNode> {
    const server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString()
      const calls = [JSON.parse(body) as Call].flat()
      for (const { method } of calls) node.calls.set(method, (node.calls.get(method) ?? 0) + 1)
      const headers = { 'content-type': 'application/json' }
      if (calls.some((call) => blocksOf(call) > longest)) {
        node.refused++
        const error = { code: -32005, message: 'block range too large' }
        const answers = calls.map(({ id }) => ({ jsonrpc: '2.0', id, error }))
        response.writeHead(200, headers).end(JSON.stringify(body.startsWith('[') ? answers : answers[0]))
        return
      }
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

interface Call {
  id: number
  method: string
  params?: [{ fromBlock?: string; toBlock?: string }?]
}

function blocksOf({ method, params }: Call): number {
  const { fromBlock = 0, toBlock = 0 } = params?.[0] ?? {}
  return method === 'eth_getLogs' ? Number(toBlock) - Number(fromBlock) + 1 : 0
}
