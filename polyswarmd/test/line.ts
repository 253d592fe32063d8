import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** The line to a node, which a test can cut. */
export class Line {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #whole = true
  #port: number

  /** @param port of the node at the other end. */
  constructor(port: number) {
    this.#port = port
    this.#server = createServer((incoming) => {
      if (!this.#whole) return void incoming.destroy()
      const outgoing = connect(this.#port, '127.0.0.1')
      for (const socket of [incoming, outgoing]) {
        this.#sockets.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => [incoming, outgoing].map((other) => other.destroy()))
      }
      incoming.pipe(outgoing).pipe(incoming)
    })
  }

  /** Address of this end, without scheme. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `127.0.0.1:${(this.#server.address() as { port: number }).port}`
  }

  cut(): void {
    this.#whole = false
    for (const socket of this.#sockets) socket.destroy()
  }

  /** @param port of the node at the other end from now on. */
  mend(port = this.#port): void {
    this.#port = port
    this.#whole = true
  }

  stop(): void {
    this.cut()
    this.#server.close()
  }
}
