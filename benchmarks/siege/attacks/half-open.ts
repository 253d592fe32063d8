import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { Attack } from '../attack.ts'

const CONNECTIONS = 150
const HELD = 20_000

/** Connections that never come to the point. */
export const halfOpen: Attack = {
  name: 'half-open',
  tries: `hold ${CONNECTIONS} connections whose head or body never ends`,
  purses: {},
  pause: 10_000,
  strike: async (arena, tally) => {
    const { hostname, port, host } = arena.daemon
    const sockets: Socket[] = []
    try {
      for (let index = 0; index < CONNECTIONS; index++) {
        const socket = connect(Number(port), hostname)
        socket.on('error', () => undefined)
        socket.resume()
        const head = `POST /artifacts HTTP/1.1\r\nHost: ${host}\r\n`
        const body = `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 4000000\r\n\r\n--b\r\n`
        socket.write(index % 2 === 0 ? head : `${head}${body}`)
        sockets.push(socket)
      }
      for (let waited = 0; waited < HELD; waited += 5_000) {
        await arena.rest(5_000)
        for (const [index, socket] of sockets.entries()) {
          if (socket.writable) socket.write(index % 2 === 0 ? 'X-Slow: 1\r\n' : randomBytes(1))
        }
      }
      for (const { destroyed } of sockets) tally.met(destroyed ? 'let go' : 'held')
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  },
}
