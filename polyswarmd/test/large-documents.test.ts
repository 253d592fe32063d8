import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newGuid, stringifyJson } from '@polyswarm/protocol'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { EmbeddedArtifactStore } from '../src/artifacts/embedded-store.ts'
import { MAX_DOCUMENT_BYTES, MAX_EMBEDDED_BYTES, MetadataDocuments } from '../src/artifacts/metadata-documents.ts'
import { Ledger } from '../src/ledger/ledger.ts'
import { EventHub } from '../src/stream/event-hub.ts'
import { QueuedBytes } from '../src/stream/queued-bytes.ts'
import { Subscriber } from '../src/stream/subscriber.ts'
import { EventListener } from './event-listener.ts'
import { MarketMoves } from './market-moves.ts'
import { TestClient, TestMarket } from './test-market.ts'

const MIB = 1024 * 1024
const BOUNTIES = 120
const zero = `0x${'00'.repeat(32)}` as const

/** A document of about so many bytes. */
const documentOf = (bytes: number) => [{ mimetype: 'text/plain', filename: 'x'.repeat(bytes - 64) }]

/** A hub on a ledger of its own, reached through real sockets. */
async function openHub(queued = new QueuedBytes(64 * MIB)) {
  const directory = mkdtempSync(join(tmpdir(), 'documents-'))
  const identity = { chainId: 1, bountyRegistry: `0x${'00'.repeat(20)}`, genesisHash: zero } as const
  const ledger = Ledger.open(join(directory, 'ledger.sqlite'), identity)
  const store = new EmbeddedArtifactStore(directory)
  const hub = new EventHub(ledger, new MetadataDocuments(store), pino({ level: 'silent' }), { queued })
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  server.on('connection', (socket: WebSocket, request) => {
    const position = Number(new URL(request.url ?? '', 'http://x').searchParams.get('after'))
    void hub.serve(new Subscriber(socket, { withCursors: true, position }, request.socket))
  })
  await once(server, 'listening')
  onTestFinished(() => {
    hub.stop()
    for (const client of server.clients) client.terminate()
    server.close()
    ledger.close()
    store.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const { port } = server.address() as { port: number }
  let number = 0
  return {
    hub,
    ledger,
    store,
    queued,
    url: `http://127.0.0.1:${port}`,
    append: (count: number, metadata: string) => {
      const records = Array.from({ length: count }, (_, logIndex) => ({
        record: {
          kind: 'bounty',
          guid: newGuid(),
          artifactType: 'file',
          author: `0x${'22'.repeat(20)}`,
          amount: 1n,
          uri: 'x',
          expiration: 1,
          metadata,
        } as const,
        txhash: zero,
        logIndex,
      }))
      ledger.append([{ number: number++, hash: zero, parent: zero, records }])
    },
    /** A client that never reads. */
    sleeper: async (after = 0): Promise<Socket> => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.pause()
      await once(socket, 'connect')
      socket.write(
        `GET /?after=${after} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
      )
      onTestFinished(() => void socket.destroy())
      return socket
    },
  }
}

/** A busy machine takes longer than the second that a poll waits by itself. */
const PATIENT = { timeout: 20_000 }

test('a document at the limit is in its event; a larger one stays an address there, and is with its bounty', async () => {
  const market = await TestMarket.start()
  const daemon = await market.daemon()
  onTestFinished(async () => {
    await daemon.stop()
    await market.stop()
  })
  const api = new TestClient(daemon.url)
  const listener = await EventListener.connect(daemon.url, '?since=0')
  const moves = new MarketMoves(market)
  for (const [document, embedded] of [
    [documentOf(MAX_EMBEDDED_BYTES), true],
    [documentOf(MAX_EMBEDDED_BYTES + 200), false],
    [documentOf(MAX_DOCUMENT_BYTES - 100), false],
  ] as const) {
    const uri = (await api.post('/bounties/metadata', document)).body.result
    const guid = await moves.post({ metadata: uri })
    const { data } = await listener.until(({ event, data }) => event === 'bounty' && data.guid === guid)
    expect(data.metadata).toEqual(embedded ? document : uri)
    const { body } = await api.get(`/bounties/${guid}?account=${market.ambassador.address}`)
    expect(body.result.metadata).toEqual(document)
  }
  listener.close()
})

test.each([
  ['at the limit of events', MAX_EMBEDDED_BYTES],
  ['of a MiB', MAX_DOCUMENT_BYTES - 100],
])(
  'bounties that name a document %s cut off nobody who reads',
  async (_, bytes) => {
    const { hub, store, append, url, sleeper } = await openHub()
    const uri = await store.addDocument(stringifyJson(documentOf(bytes)))
    append(1, '')
    const live = await EventListener.connect(url, '?after=0', '/')
    await live.until(({ event }) => event === 'block')
    const sleepers = await Promise.all(Array.from({ length: 40 }, () => sleeper()))
    await expect.poll(() => hub.size, PATIENT).toBe(41)
    append(BOUNTIES, uri)
    await live.untilBlock(1)
    expect(live.messages.filter(({ event }) => event === 'bounty')).toHaveLength(BOUNTIES + 1)
    for (const socket of sleepers) socket.destroy()
    live.close()
  },
  30_000,
)

test('replays that nobody reads hold what one of them does, however many there are', async () => {
  const { hub, store, append, queued, sleeper } = await openHub()
  const uri = await store.addDocument(stringifyJson(documentOf(MAX_EMBEDDED_BYTES)))
  append(BOUNTIES, uri)
  await Promise.all(Array.from({ length: 10 }, () => sleeper()))
  await expect.poll(() => hub.size, PATIENT).toBe(10)
  await expect.poll(() => queued.held, PATIENT).toBeGreaterThan(0)
  await Promise.all(Array.from({ length: 90 }, () => sleeper()))
  await expect.poll(() => hub.size, PATIENT).toBe(100)
  // What the system takes of a frame differs from socket to socket: a few frames, and not a hundred times the log.
  expect(queued.held).toBeLessThan(16 * MIB)
}, 180_000)

test('where too much waits, clients that do not read make room, and one that reads gets everything', async () => {
  const { hub, store, ledger, append, queued, sleeper, url } = await openHub(new QueuedBytes(MIB))
  const uri = await store.addDocument(stringifyJson(documentOf(MAX_EMBEDDED_BYTES)))
  append(BOUNTIES, uri)
  await Promise.all(Array.from({ length: 40 }, (_, index) => sleeper(2 * index)))
  await expect.poll(() => hub.size, PATIENT).toBe(40)
  const reader = await EventListener.connect(url, '?after=0', '/')
  await reader.untilBlock(0)
  expect(reader.messages).toHaveLength(ledger.lastPosition)
  expect(hub.size).toBeLessThan(41)
  // One frame may come on top of what is allowed.
  expect(queued.held).toBeLessThanOrEqual(MIB + 2 * MAX_EMBEDDED_BYTES)
  reader.close()
}, 180_000)
