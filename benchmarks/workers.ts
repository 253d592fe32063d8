import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { Microengine, PolyswarmdClient } from '@polyswarm/participants'
import { QueuedFindings, QueueKey } from '@polyswarm/participants/runtime'
import { newGuid } from '@polyswarm/protocol'
import { importer } from 'ipfs-unixfs-importer'
import type { CID } from 'multiformats/cid'

/** Files a second that a number of workers judge, each one at a time. */
interface Pace {
  backend: 'sleeping' | 'burning'
  workers: number
  filesPerSecond: number
}

const COUNTS = [1, 2, 4, 8]
/** What a look at a file takes, in milliseconds; see `timed-backend.js`. */
const LOOK = 50
const FILES_PER_WORKER = 40
const ACCOUNT = '0x0000000000000000000000000000000000000000'
const BACKEND = fileURLToPath(new URL('./workers/timed-backend.js', import.meta.url))
const PROGRAM = fileURLToPath(new URL('../participants/dist/bin/microengine.js', import.meta.url))
const QUIET = { info: () => undefined, warn: () => undefined }

/** How workers behind a queue scale: files a second with 1, 2, 4 and 8 of them. Needs `redis-server`. `--json` for programs. */
export async function workersBenchmark(args: string[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'workers-'))
  const server = new Worker(new URL('./loop/artifact-server.ts', import.meta.url))
  const results: Pace[] = []
  try {
    await writeFile(join(directory, 'queue.key'), 'benchmark benchmark benchmark ben')
    const artifact = await served(server)
    for (const backend of ['sleeping', 'burning'] as const) {
      for (const workers of COUNTS) {
        const pace = await measure(backend, workers, { directory, ...artifact })
        results.push(pace)
        if (args.includes('--json')) continue
        const share = (pace.filesPerSecond * LOOK) / 1_000 / workers
        const text = `${backend}, ${workers} workers: ${pace.filesPerSecond.toFixed(1)} files/s, ${share.toFixed(2)} of linear`
        process.stdout.write(`${text}\n`)
      }
    }
  } finally {
    await server.terminate()
    await rm(directory, { recursive: true, force: true })
  }
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
}

interface Scene {
  directory: string
  address: string
  port: number
}

async function measure(backend: Pace['backend'], workers: number, { directory, address, port }: Scene): Promise<Pace> {
  const children: ChildProcess[] = []
  const redisPort = await freePort()
  const url = `redis://127.0.0.1:${redisPort}`
  const start = async (command: string, args: string[], ready: RegExp): Promise<void> => {
    const env = { ...process.env, BURN: backend === 'burning' ? '1' : '0' }
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    let output = ''
    child.stdout.on('data', (text) => {
      output += text
      if (ready.test(output)) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}:\n${output}`)))
    await promise
  }
  const client = new PolyswarmdClient({ url: new URL(`http://127.0.0.1:${port}`), account: ACCOUNT, chain: 'side' })
  const keyFile = join(directory, 'queue.key')
  const key = await QueueKey.read(keyFile)
  const engine = new Microengine({ name: 'front' })
  const front = new QueuedFindings({ engine, backends: ['timed'], url, key, logger: QUIET })
  try {
    await start('redis-server', ['--port', `${redisPort}`, '--bind', '127.0.0.1', '--save', ''], /Ready to accept/)
    const flags = ['--backend', BACKEND, '--queue', url, '--queue-key-file', keyFile, '--concurrency', '1']
    const args = ['worker', ...flags, '--polyswarmd-addr', `http://127.0.0.1:${port}`]
    await Promise.all(Array.from({ length: workers }, () => start(process.execPath, [PROGRAM, ...args], /waiting for/)))
    await front.setup()
    const judge = (count: number) =>
      Promise.all(
        Array.from({ length: count }, () =>
          front.scan({
            ...{ client, guid: newGuid(), uri: address, artifactType: 'file', timeLeft: 120_000 },
            artifacts: [{ metadata: {} }],
            signal: AbortSignal.timeout(120_000),
          }),
        ),
      )
    // What is loaded and connected the first time is not what is measured.
    await judge(workers * 4)
    const begun = performance.now()
    const scanned = await judge(workers * FILES_PER_WORKER)
    const seconds = (performance.now() - begun) / 1_000
    if (scanned.some(([artifact]) => artifact?.finding.outcome !== 'benign')) throw new Error('Not all were judged.')
    return { backend, workers, filesPerSecond: scanned.length / seconds }
  } finally {
    await front.teardown()
    client.close()
    for (const child of children.reverse()) {
      child.removeAllListeners('exit')
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
}

/** Has a text served as polyswarmd serves an artifact. */
async function served(server: Worker): Promise<{ address: string; port: number }> {
  const content = Buffer.from('a letter')
  const address = await addressOf(content)
  const answered = once(server, 'message')
  server.postMessage({ address, content })
  const [port] = await answered
  return { address, port }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

async function addressOf(content: Buffer): Promise<string> {
  const nowhere = { put: async (cid: CID) => cid }
  for await (const { cid } of importer([{ content }], nowhere, { cidVersion: 0, rawLeaves: false }))
    return cid.toString()
  throw new Error('the importer named nothing')
}
