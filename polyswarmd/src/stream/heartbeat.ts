import type { WebSocket } from 'ws'

/** How often each client is asked whether it is still there, in ms. */
const INTERVAL = 20_000

/** Asks connections whether they are still there, and drops those that did not answer the last time. */
export class Heartbeat {
  readonly #sockets = new Set<WebSocket>()
  readonly #answered = new WeakSet<WebSocket>()
  readonly #timer: NodeJS.Timeout

  /** @param interval pause between two pings in ms. */
  constructor(interval = INTERVAL) {
    this.#timer = setInterval(() => this.#beat(), interval)
    this.#timer.unref()
  }

  /** Looks after a connection until it is closed. */
  watch(socket: WebSocket): void {
    this.#sockets.add(socket)
    this.#answered.add(socket)
    socket.on('pong', () => this.#answered.add(socket))
    socket.on('message', () => this.#answered.add(socket))
    socket.on('error', () => socket.terminate())
    socket.once('close', () => this.#sockets.delete(socket))
  }

  /** Asks nobody any more. */
  stop(): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    for (const socket of this.#sockets) {
      if (!this.#answered.has(socket)) {
        socket.terminate()
        continue
      }
      this.#answered.delete(socket)
      if (socket.readyState === socket.OPEN) socket.ping()
    }
  }
}
