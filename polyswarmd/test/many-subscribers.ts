import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/**
 * A process with many clients of a WebSocket server, some of which never read. It says how many bytes the others have
 * got, each, whenever it is asked.
 */
interface Order {
  port: number
  readers: number
  sleepers: number
}

const received: number[] = []
const ends: number[] = []

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(
    'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  )
  const [head] = (await once(socket, 'data')) as [Buffer]
  if (!head.includes('\r\n\r\n')) throw new Error('the answer came in parts')
  socket.pause()
  return socket
}

process.once('message', async ({ port, readers, sleepers }: Order) => {
  for (let index = 0; index < readers + sleepers; index++) {
    const socket = await open(port)
    if (index >= readers) continue
    received[index] = 0
    socket.on('data', (chunk: Buffer) => {
      received[index] = (received[index] ?? 0) + chunk.length
    })
    socket.on('close', () => ends.push(index))
    socket.resume()
  }
  process.on('message', () => process.send?.({ received, ends: ends.length }))
  process.send?.('connected')
})
