import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newGuid } from '@polyswarm/protocol'
import { type WebSocket, WebSocketServer } from 'ws'

/** Blocks of each window of a bounty, and times a second at which events are sent. */
const WINDOW = 100
const TICKS = 20

const NCT = '2000000000000000000'
const HASH = `0x${'1'.repeat(64)}`
const account = (index: number) => `0x${index.toString(16).padStart(40, '0')}`

/**
 * A daemon as the page of a market sees it, with so many bounties open at first and so many events a second: engines
 * answer, and each eighth event is another bounty.
 */
export class BusyDaemon {
  readonly url: string
  /** Events that were sent. */
  sent = 0
  readonly #server: Server
  readonly #sockets: WebSocketServer
  readonly #open: string[] = []
  #block = 1_000
  #position = 0

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    this.#sockets = new WebSocketServer({ server })
  }

  static async start(bounties: number, eventsPerSecond: number): Promise<BusyDaemon> {
    const server = createServer((request, response) => {
      const result = request.url?.startsWith('/bounties/list') ? { bounties: [], next: null } : null
      response.writeHead(result ? 200 : 404, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ status: 'OK', result }))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const daemon = new BusyDaemon(server)
    for (let bounty = 0; bounty < bounties; bounty++) daemon.#open.push(newGuid())
    daemon.#sockets.on('connection', (socket) => daemon.#serve(socket, eventsPerSecond))
    return daemon
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  /** Tells what is open, and then what happens. */
  #serve(socket: WebSocket, eventsPerSecond: number): void {
    const send = (event: object) => socket.send(JSON.stringify(event))
    send({ event: 'connected', data: { start_time: '0' } })
    for (const guid of this.#open) send(this.#posted(guid))
    send({ event: 'snapshot', data: { number: this.#block }, cursor: this.#cursor() })
    let tick = 0
    const timer = setInterval(() => {
      if (tick++ % TICKS === 0) send({ event: 'block', data: { number: ++this.#block }, cursor: this.#cursor() })
      for (let count = 0; count < eventsPerSecond / TICKS; count++) {
        this.sent++
        send({ ...this.#next(), cursor: this.#cursor() })
      }
    }, 1000 / TICKS)
    socket.on('close', () => clearInterval(timer))
  }

  /** Engines answer on the newest bounties; each eighth event is another. */
  #next(): object {
    const position = this.#position++
    const where = { block_number: this.#block, txhash: HASH }
    if (position % 8 === 0) {
      this.#open.shift()
      const guid = newGuid()
      this.#open.push(guid)
      return this.#posted(guid)
    }
    const guid = this.#open[(position * 7919) % this.#open.length]
    const index = position % 5
    const data = { bounty_guid: guid, author: account(index + 1), index, bid: [NCT], mask: [true], commitment: '1' }
    return { event: 'assertion', data, ...where }
  }

  #posted(guid: string): object {
    const terms = { num_artifacts: 1, bounty_fee: '1', assertion_fee: '1', arbiter_count: 1 }
    return {
      event: 'bounty',
      data: {
        ...{ guid, artifact_type: 'file', author: account(99), amount: NCT, uri: 'Qm', metadata: '' },
        expiration: String(this.#block + WINDOW),
        terms: { ...terms, assertion_reveal_window: WINDOW, arbiter_vote_window: WINDOW },
      },
      block_number: this.#block,
      txhash: HASH,
    }
  }

  #cursor(): string {
    return `0123456789abcdef-${this.#position}`
  }
}
