import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { MAX_QUEUED_BYTES, Subscriber } from './subscriber.ts'

let server: WebSocketServer
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(server, 'listening')
})
afterAll(() => void server.close())

/** Both ends of a connection. */
async function pair(): Promise<{ client: WebSocket; socket: WebSocket }> {
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [[socket]] = await Promise.all([once(server, 'connection'), once(client, 'open')])
  return { client, socket: socket as WebSocket }
}

const message = (position: number, text = `message ${position}`) => ({ position, withCursor: `${text}!`, plain: text })

test('a message is sent once, in order, with or without its cursor', async () => {
  for (const withCursors of [true, false]) {
    const { client, socket } = await pair()
    const received: string[] = []
    client.on('message', (data) => received.push(String(data)))
    const subscriber = new Subscriber(socket, { withCursors, position: 1 })
    for (const position of [1, 2, 2, 1, 3]) subscriber.send(message(position))
    subscriber.send({ position: 4, withCursor: 'reorg!', plain: null })
    subscriber.send(message(5, 'end'))
    while (!received.at(-1)?.startsWith('end')) await once(client, 'message')
    expect(received).toEqual(
      withCursors ? ['message 2!', 'message 3!', 'reorg!', 'end!'] : ['message 2', 'message 3', 'end'],
    )
    client.terminate()
  }
})

test('a client that does not read is cut off with a reason before its queue outgrows the limit', async () => {
  const { client, socket } = await pair()
  client.pause()
  const subscriber = new Subscriber(socket, { withCursors: true, position: 0 })
  const text = 'x'.repeat(100_000)
  let most = 0
  for (let position = 1; position <= 200; position++) {
    subscriber.send(message(position, text))
    most = Math.max(most, socket.bufferedAmount)
  }
  expect(subscriber.open).toBe(false)
  expect(most).toBeLessThanOrEqual(MAX_QUEUED_BYTES + 1_000)
  client.resume()
  const [code, reason] = await once(client, 'close')
  expect([code, String(reason)]).toEqual([1013, 'too slow: resume with since and the last cursor'])
})

test('a replay waits for its client', async () => {
  const { client, socket } = await pair()
  client.pause()
  const subscriber = new Subscriber(socket, { withCursors: true, position: 0 })
  // The system takes a few megabytes before anything queues up here.
  for (let position = 1; socket.bufferedAmount < 1_000_000; position++) {
    subscriber.send(message(position, 'y'.repeat(100_000)))
    await new Promise(setImmediate)
  }
  const waiting = subscriber.drained()
  expect(await Promise.race([waiting, new Promise((resolve) => setImmediate(() => resolve('still waiting')))])).toBe(
    'still waiting',
  )
  client.resume()
  await waiting
  expect(socket.bufferedAmount).toBeLessThan(1_000_000)
  client.terminate()
})
