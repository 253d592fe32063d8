import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/**
 * A process of its own with many clients of `/events`. It reads frames and takes down when each arrived, and nothing
 * else: what it costs must not be counted as the daemon's delay.
 */
interface Order {
  url: string
  subscribers: number
  /** Frames that each client waits for, `connected` not counted. */
  frames: number
}

/** What became of an order: when each client's frames came, in ms of the monotonic clock, client by client. */
class Client {
  readonly arrivals: Float64Array
  readonly complete: Promise<void>
  readonly #done = Promise.withResolvers<void>()
  #count = -1
  /** Bytes of a frame that has begun and not ended. */
  #rest = Buffer.alloc(0)

  constructor(socket: Socket, frames: number) {
    this.arrivals = new Float64Array(frames)
    this.complete = this.#done.promise
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('close', () => this.#done.reject(new Error(`a client was cut off after ${this.#count} frames`)))
    this.complete.catch(() => undefined)
  }

  #take(chunk: Buffer): void {
    const now = Number(process.hrtime.bigint()) / 1e6
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    let start = 0
    for (;;) {
      const end = frameEnd(bytes, start)
      if (end < 0) break
      // Pings are no events.
      if (bytes[start] === 0x81 && this.#count++ >= 0) this.arrivals[this.#count - 1] = now
      start = end
    }
    this.#rest = Buffer.from(bytes.subarray(start))
    if (this.#count >= this.arrivals.length) this.#done.resolve()
  }
}

/** Where the frame that begins at `start` ends; -1 while it is incomplete. */
function frameEnd(bytes: Buffer, start: number): number {
  if (bytes.length < start + 2) return -1
  const short = (bytes[start + 1] ?? 0) & 0x7f
  const header = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < start + header) return -1
  const length =
    short === 126 ? bytes.readUInt16BE(start + 2) : short === 127 ? Number(bytes.readBigUInt64BE(start + 2)) : short
  const end = start + header + length
  return bytes.length < end ? -1 : end
}

async function open(url: URL): Promise<Socket> {
  const socket = connect(Number(url.port), url.hostname)
  await once(socket, 'connect')
  const key = randomBytes(16).toString('base64')
  socket.write(
    `GET /events HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  )
  let head = Buffer.alloc(0)
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) continue
    if (!head.subarray(0, end).includes('101')) throw new Error(`no WebSocket: ${head}`)
    socket.pause()
    socket.unshift(head.subarray(end + 4))
    return socket
  }
}

process.once('message', async (order: Order) => {
  const clients: Client[] = []
  const sockets: Socket[] = []
  for (let made = 0; made < order.subscribers; made += 50) {
    const size = Math.min(50, order.subscribers - made)
    const opened = await Promise.all(Array.from({ length: size }, () => open(new URL(order.url))))
    for (const socket of opened) {
      sockets.push(socket)
      clients.push(new Client(socket, order.frames))
      socket.resume()
    }
  }
  process.send?.('connected')
  await Promise.all(clients.map(({ complete }) => complete))
  process.send?.('complete')
  const [mined] = (await once(process, 'message')) as [number[]]
  const delays = new Float64Array(clients.length * order.frames)
  let last = 0
  for (const [index, { arrivals }] of clients.entries()) {
    for (const [frame, at] of arrivals.entries()) {
      delays[index * order.frames + frame] = at - (mined[frame] ?? 0)
      last = Math.max(last, at)
    }
  }
  delays.sort()
  const at = (part: number) => delays[Math.floor(part * (delays.length - 1))] ?? 0
  process.send?.({ last, p50: at(0.5), p99: at(0.99), max: at(1) })
  for (const socket of sockets) socket.destroy()
  process.disconnect?.()
})
