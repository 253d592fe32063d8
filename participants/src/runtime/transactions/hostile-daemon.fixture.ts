import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PolyswarmdClient } from '../../client/polyswarmd-client.ts'
import { account } from '../journal/journal.fixture.ts'

/** A daemon that says what a test wants, and a client that asks each question once. */
export class HostileDaemon {
  readonly client: PolyswarmdClient
  /** Paths that were asked for. */
  readonly asked: string[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const retry = { tries: 1, firstDelay: 0, maxDelay: 0 }
    // What is read up to the limit takes a busy machine a while, and is no silence.
    this.client = new PolyswarmdClient({ url, account, chain: 'side', retry, timeout: 60_000 })
  }

  /** @param answer gets a path without its query. */
  static async start(answer: (path: string) => { status?: number; body: string }): Promise<HostileDaemon> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const daemon = new HostileDaemon(server)
    server.on('request', (request, response) => {
      const path = (request.url ?? '').replace(/\?.*/, '')
      daemon.asked.push(path)
      const { status = 200, body } = answer(path)
      response.writeHead(status).end(body)
    })
    return daemon
  }

  stop(): void {
    this.client.close()
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
