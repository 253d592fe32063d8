import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { MarketEvent } from '@polyswarm/protocol'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { hostileJson, hostileObject } from '../../../test/support/hostile-json.ts'
import { EventStream, type EventStreamOptions } from './event-stream.ts'

let server: WebSocketServer
let stop: AbortController
/** `since` of each connection. */
let asked: string[]
let serve: (socket: WebSocket, connection: number) => void

beforeEach(async () => {
  stop = new AbortController()
  asked = []
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  server.on('connection', (socket, request) => {
    asked.push(new URL(request.url ?? '', 'http://x').searchParams.get('since') ?? 'none')
    serve(socket, asked.length)
  })
})

afterEach(() => {
  stop.abort()
  for (const client of server.clients) client.terminate()
  server.close()
})

function stream(options: Partial<EventStreamOptions> = {}): AsyncGenerator<MarketEvent> {
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return new EventStream({ url, chain: 'side', since: '0', logger: pino({ level: 'silent' }), ...options }).events(
    stop.signal,
  )
}

const block = (number: number) => JSON.stringify({ event: 'block', data: { number }, cursor: `L-${number}` })

async function take(events: AsyncGenerator<MarketEvent>, count: number): Promise<unknown[]> {
  const numbers: unknown[] = []
  while (numbers.length < count) {
    const { value, done } = await events.next()
    if (done) break
    if (value?.event === 'block') numbers.push(value.data.number)
  }
  return numbers
}

describe('EventStream', () => {
  it('goes on after the last event when a connection breaks', async () => {
    serve = (socket, connection) => {
      socket.send(block(connection * 2 - 1))
      socket.send(block(connection * 2))
      socket.on('error', () => undefined)
      setImmediate(() => socket.close(1013, 'too slow'))
    }
    expect(await take(stream(), 6)).toEqual([1, 2, 3, 4, 5, 6])
    expect(asked.slice(0, 3)).toEqual(['0', 'L-2', 'L-4'])
  })

  it('passes over what it does not understand', async () => {
    serve = (socket) => {
      socket.send('no JSON')
      socket.send('{"event":"invented","data":{}}')
      socket.send('{"event":"quorum","data":{"bounty_guid":5},"block_number":1,"txhash":"0x"}')
      socket.send(block(7))
    }
    expect(await take(stream(), 1)).toEqual([7])
    expect(asked).toEqual(['0'])
  })

  it('says which bounty it could not read of, and does not ask for that event again', async () => {
    const guid = '7c9e6679-7425-40de-944b-e07fc1f90ae7'
    const odd = `{"event":"vote","data":{"bounty_guid":"${guid}","votes":${'9'.repeat(50)}},"cursor":"L-5"}`
    serve = (socket, connection) => {
      socket.on('error', () => undefined)
      if (connection > 1) return socket.send(block(6))
      socket.send(odd)
      setImmediate(() => socket.close(1013, 'too slow'))
    }
    const named: unknown[] = []
    expect(await take(stream({ onUnreadable: (name) => void named.push(name) }), 1)).toEqual([6])
    expect(named).toEqual([guid])
    expect(asked).toEqual(['0', 'L-5'])
  })

  it('takes in or passes over whatever comes', { timeout: 180_000 }, async () => {
    const messages = fc.sample(
      fc.oneof(
        hostileJson,
        hostileObject({ event: '"bounty"', data: '{"guid":"x"}', cursor: '"L-1"', block_number: '1' }),
      ),
      200,
    )
    serve = (socket) => {
      for (const message of messages) socket.send(message)
      socket.send(block(7))
    }
    expect(await take(stream(), 1)).toEqual([7])
  })

  it('connects again when nothing comes, not even a ping', async () => {
    serve = (socket, connection) => {
      if (connection > 1) socket.send(block(connection))
    }
    expect(await take(stream({ silence: 50 }), 1)).toEqual([2])
  })

  it('does not take a message without end', async () => {
    serve = (socket, connection) => {
      socket.on('error', () => undefined)
      socket.send(connection === 1 ? 'x'.repeat(17 * 1024 * 1024) : block(connection))
    }
    expect(await take(stream(), 1)).toEqual([2])
  })

  it('hands on thousands of events in order, however slowly they are read', async () => {
    serve = (socket) => {
      for (let number = 1; number <= 10_000; number++) socket.send(block(number))
    }
    const numbers = await take(stream(), 10_000)
    expect(numbers).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1))
    expect(asked).toEqual(['0'])
  })

  it('ends with its signal, without an error', async () => {
    serve = () => undefined
    const events = stream()
    const next = events.next()
    stop.abort()
    expect(await next).toEqual({ done: true, value: undefined })
  })

  it('shows its API key', async () => {
    let key: string | undefined
    server.on('connection', (_socket, request) => {
      key = request.headers.authorization
    })
    serve = (socket) => socket.send(block(1))
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const options = { url, chain: 'side', since: '0', apiKey: 'key', logger: pino({ level: 'silent' }) }
    await take(new EventStream(options).events(stop.signal), 1)
    expect(key).toBe('key')
  })
})
