import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newGuid } from '@polyswarm/protocol'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { EmbeddedArtifactStore } from '../src/artifacts/embedded-store.ts'
import { MetadataDocuments } from '../src/artifacts/metadata-documents.ts'
import { Ledger } from '../src/ledger/ledger.ts'
import { EventHub } from '../src/stream/event-hub.ts'
import { QueuedBytes } from '../src/stream/queued-bytes.ts'
import { Subscriber } from '../src/stream/subscriber.ts'

const MIB = 1024 * 1024
const READERS = 900
const SLEEPERS = 100

/**
 * A message's size, and how many there are at most: more than a client's queue and the buffers of the system hold
 * together.
 */
const SIZE = 100_000
const EVENTS = 400

/** How many messages are sent after those who do not read are gone. */
const AFTERWARDS = 20

const zero = `0x${'00'.repeat(32)}` as const

test('of a thousand clients a tenth never read: they are cut off, cost no memory, and the others get everything', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'slow-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const identity = { chainId: 1, bountyRegistry: `0x${'00'.repeat(20)}`, genesisHash: zero } as const
  const ledger = Ledger.open(join(directory, 'ledger.sqlite'), { ...identity, offerRegistry: undefined })
  const documents = new MetadataDocuments(new EmbeddedArtifactStore(directory))
  const hub = new EventHub(ledger, documents, pino({ level: 'silent' }), {
    heartbeat: 600_000,
    queued: new QueuedBytes(64 * MIB),
  })
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, backlog: 1_024 })
  server.on('connection', (socket, request) => {
    void hub.serve(new Subscriber(socket, { withCursors: false, position: 0, patience: 2_000 }, request.socket))
  })
  await once(server, 'listening')
  const clients = fork(fileURLToPath(new URL('many-subscribers.ts', import.meta.url)))
  onTestFinished(() => {
    clients.kill('SIGKILL')
    hub.stop()
    server.close()
    ledger.close()
  })
  clients.send({ port: (server.address() as AddressInfo).port, readers: READERS, sleepers: SLEEPERS })
  await once(clients, 'message')
  expect(hub.size).toBe(READERS + SLEEPERS)

  const memory = () => process.memoryUsage().external + process.memoryUsage().heapUsed
  const before = memory()
  let most = 0
  const author = `0x${'22'.repeat(20)}` as const
  let last = EVENTS
  for (let number = 0; number < last; number++) {
    if (last === EVENTS && hub.size === READERS) last = number + AFTERWARDS
    const bounty = { guid: newGuid(), artifactType: 'file', author, amount: 1n, expiration: 1, metadata: '' } as const
    const record = { kind: 'bounty', uri: 'x'.repeat(SIZE), ...bounty } as const
    ledger.append([{ number, hash: zero, parent: zero, records: [{ record, txhash: zero, logIndex: 0 }] }])
    // The next block comes when those who read have this one, as on a chain that is slower than its readers.
    await expect.poll(() => received(clients), { timeout: 30_000, interval: 5 }).toBeGreaterThan((number + 1) * SIZE)
    most = Math.max(most, memory())
  }
  expect(hub.size).toBe(READERS)
  const { received: bytes, ends } = await ask(clients)
  expect(bytes).toHaveLength(READERS)
  expect(new Set(bytes).size).toBe(1)
  expect(ends).toBe(0)
  // Each could have 4 MiB waiting; as all wait for the same messages, all together cost little more than one.
  expect((most - before) / MIB).toBeLessThan(100)
}, 120_000)

async function ask(clients: ReturnType<typeof fork>): Promise<{ received: number[]; ends: number }> {
  const answer = once(clients, 'message')
  clients.send('report')
  const [report] = await answer
  return report as { received: number[]; ends: number }
}

async function received(clients: ReturnType<typeof fork>): Promise<number> {
  return Math.min(...(await ask(clients)).received)
}
