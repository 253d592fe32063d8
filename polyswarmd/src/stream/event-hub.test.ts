import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { EmbeddedArtifactStore } from '../artifacts/embedded-store.ts'
import { MetadataDocuments } from '../artifacts/metadata-documents.ts'
import { Ledger } from '../ledger/ledger.ts'
import { EventHub } from './event-hub.ts'
import { QueuedBytes } from './queued-bytes.ts'
import { Subscriber } from './subscriber.ts'

const directory = mkdtempSync(join(tmpdir(), 'hub-'))
const zero = `0x${'00'.repeat(32)}` as const
const ledger = Ledger.open(join(directory, 'ledger.sqlite'), {
  chainId: 1,
  bountyRegistry: `0x${'00'.repeat(20)}`,
  genesisHash: zero,
})
const documents = new MetadataDocuments(new EmbeddedArtifactStore(directory))
const hub = new EventHub(ledger, documents, pino({ level: 'silent' }), {
  heartbeat: 50,
  queued: new QueuedBytes(1_000_000),
})
let server: WebSocketServer
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => void hub.serve(new Subscriber(socket, { withCursors: false, position: 0 })))
  await once(server, 'listening')
})
afterAll(() => {
  hub.stop()
  server.close()
  ledger.close()
})

const connect = (autoPong: boolean) =>
  new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, { autoPong })

test('a client that answers no ping is dropped; one that does stays and gets what comes', async () => {
  const [alive, dead] = [connect(true), connect(false)]
  await Promise.all([once(alive, 'open'), once(dead, 'open')])
  const [code] = await once(dead, 'close')
  expect(code).toBe(1006)
  await once(alive, 'ping')
  await once(alive, 'ping')
  const message = once(alive, 'message')
  ledger.append([{ number: 0, hash: zero, parent: zero, records: [] }])
  expect(String((await message)[0])).toBe('{"event":"block","data":{"number":0}}')
  expect(hub.size).toBe(1)
  alive.close()
  await once(alive, 'close')
})
