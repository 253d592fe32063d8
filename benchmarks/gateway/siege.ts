import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { newNonce } from '@polyswarm/protocol'
import type { ChainLoad } from './chain-load.ts'
import { DaemonProcess } from './daemon-process.ts'

/** What a daemon was like while strangers did their worst. Memory in MiB, delays in ms. */
export interface SiegeRow {
  siege: string
  /** The most resident memory that was seen. */
  memory: number
  /** Of `/health`, asked for twenty times a second. */
  p50: number
  p99: number
  max: number
  /** Whether the daemon still answered at the end. */
  alive: boolean
}

/** Sockets that read nothing, and bounties that name the document which is sent to them. */
const SLEEPERS = 100
const BOUNTIES = 120
const DOCUMENT_BYTES = 1_000_000

const BODIES_PER_SECOND = 50
const SECONDS = 10
const HEALTH_INTERVAL = 50

/** Bodies that held a daemon for seconds, each just below what used to be let through. */
const BODIES = [
  `[${'1,'.repeat(2_000_000)}1]`,
  '9'.repeat(4_000_000),
  `{"transactions":[${'9007199254740993,'.repeat(150_000)}1]}`,
]

/** Sockets that read nothing of a log that names a large document, then hostile bodies; each against a fresh daemon. */
export async function measureSieges(load: ChainLoad): Promise<SiegeRow[]> {
  return [await sleepers(load), await hostileBodies(load)]
}

async function sleepers(load: ChainLoad): Promise<SiegeRow> {
  const daemon = await startDaemon(load, 'sleepers')
  const sockets: Socket[] = []
  try {
    const document = [{ mimetype: 'text/plain', filename: 'x'.repeat(DOCUMENT_BYTES) }]
    const headers = { 'content-type': 'application/json' }
    const stored = await fetch(`${daemon.url}/bounties/metadata`, {
      method: 'POST',
      headers,
      body: JSON.stringify(document),
    })
    const { result: metadata } = (await stored.json()) as { result: string }
    await load.post(BOUNTIES, metadata)
    await load.mine()
    const { hostname, port } = new URL(daemon.url)
    return await watched(daemon, 'sockets that read nothing', async () => {
      for (let made = 0; made < SLEEPERS; made++) {
        const socket = connect(Number(port), hostname)
        socket.on('error', () => undefined)
        socket.pause()
        await once(socket, 'connect')
        socket.write(
          `GET /events?since=0 HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
            'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
        )
        sockets.push(socket)
      }
      await delay(SECONDS * 1000)
    })
  } finally {
    for (const socket of sockets) socket.destroy()
    await daemon.stop()
  }
}

async function hostileBodies(load: ChainLoad): Promise<SiegeRow> {
  const daemon = await startDaemon(load, 'bodies')
  const { hostname, port } = new URL(daemon.url)
  const send = async (body: string) => {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => undefined)
    socket.resume()
    socket.write(
      `POST /transactions?account=0x${'1'.repeat(40)} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    socket.end(body)
    await once(socket, 'close').catch(() => undefined)
  }
  try {
    return await watched(daemon, 'hostile bodies', async () => {
      const sent: Promise<void>[] = []
      for (let count = 0; count < SECONDS * BODIES_PER_SECOND; count++) {
        sent.push(send(BODIES[count % BODIES.length] ?? ''))
        await delay(1000 / BODIES_PER_SECOND)
      }
    })
  } finally {
    await daemon.stop()
  }
}

function startDaemon(load: ChainLoad, name: string): Promise<DaemonProcess> {
  return DaemonProcess.start(['--side', load.deployment, '--data', join(load.directory, `${name}-${newNonce()}`)])
}

/** Asks a daemon for its health and looks at its memory while something is done to it. */
async function watched(daemon: DaemonProcess, siege: string, work: () => Promise<void>): Promise<SiegeRow> {
  const delays: number[] = []
  const asked: Promise<void>[] = []
  let memory = daemon.residentMemory()
  const ask = async () => {
    const start = performance.now()
    await fetch(`${daemon.url}/health`, { signal: AbortSignal.timeout(60_000) }).catch(() => undefined)
    delays.push(performance.now() - start)
  }
  const timer = setInterval(() => {
    asked.push(ask())
    if (daemon.running) memory = Math.max(memory, daemon.residentMemory())
  }, HEALTH_INTERVAL)
  await work()
  clearInterval(timer)
  await Promise.all(asked)
  const alive = await fetch(`${daemon.url}/health`).then(
    ({ ok }) => ok,
    () => false,
  )
  delays.sort((a, b) => a - b)
  const at = (part: number) => delays[Math.floor(part * (delays.length - 1))] ?? 0
  return { siege, memory, p50: at(0.5), p99: at(0.99), max: at(1), alive }
}
