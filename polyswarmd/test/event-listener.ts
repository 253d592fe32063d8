import { once } from 'node:events'
import { parseJson } from '@polyswarm/protocol'
import { WebSocket } from 'ws'

/** A message of `/events`. */
export interface Message {
  event: string
  // biome-ignore lint/suspicious/noExplicitAny: its shape is what the tests assert, so it is not claimed here
  data: any
  block_number?: number
  txhash?: string
  cursor?: string
}

/** A client of `/events` that keeps all it gets. */
export class EventListener {
  readonly socket: WebSocket
  readonly messages: Message[] = []
  readonly binary: boolean[] = []
  #arrived = Promise.withResolvers<void>()

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data, isBinary) => {
      this.messages.push(parseJson(String(data)) as Message)
      this.binary.push(isBinary)
      this.#wake()
    })
    socket.on('close', () => this.#wake())
  }

  /** @param query such as `?since=0`, or a further part of the path */
  static async connect(url: string, query = '', path = '/events'): Promise<EventListener> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}${query}`)
    const listener = new EventListener(socket)
    await once(socket, 'open')
    return listener
  }

  /** Waits for a message, past ones included. */
  async until(found: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const message = this.messages.find(found)
      if (message) return message
      if (this.socket.readyState === WebSocket.CLOSED)
        throw new Error('the connection was closed before the message came')
      await this.#arrived.promise
    }
  }

  /** Waits until the block message of a block, or of a later one, has come. */
  async untilBlock(number: number): Promise<void> {
    await this.until(({ event, data }) => event === 'block' && data.number >= number)
  }

  close(): void {
    this.socket.terminate()
  }

  #wake(): void {
    const { resolve } = this.#arrived
    this.#arrived = Promise.withResolvers()
    resolve()
  }
}
