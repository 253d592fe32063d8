import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { Microengine, PolyswarmdClient } from '@polyswarm/participants'
import { QueuedFindings, QueueKey } from '@polyswarm/participants/runtime'
import { newGuid } from '@polyswarm/protocol'
import { importer } from 'ipfs-unixfs-importer'
import type { CID } from 'multiformats/cid'
import { freePort } from '../test/support/free-port.ts'

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

/** What a look takes while a worker is killed: long enough for both workers to have begun one. */
const LONG_LOOK = 1_000
const RECOVERIES = 5

/**
 * How workers behind a queue scale: files a second with 1, 2, 4 and 8 of them, and how long a job waits whose worker was
 * killed. Needs `redis-server`. `--json` for programs.
 */
export async function workersBenchmark(args: string[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'workers-'))
  const server = new Worker(new URL('./loop/artifact-server.ts', import.meta.url))
  const isJson = args.includes('--json')
  const paces: Pace[] = []
  const recoveries: number[] = []
  try {
    await writeFile(join(directory, 'queue.key'), 'benchmark benchmark benchmark ben')
    const artifact = { directory, ...(await served(server)) }
    for (const backend of ['sleeping', 'burning'] as const) {
      for (const workers of COUNTS) {
        const pace = await measure(backend, workers, artifact)
        paces.push(pace)
        if (!isJson) process.stdout.write(`${paceText(pace)}\n`)
      }
    }
    for (let run = 0; run < RECOVERIES; run++) recoveries.push(await recover(artifact))
    recoveries.sort((one, other) => one - other)
    const [fastest = 0, slowest = 0] = [recoveries[0], recoveries.at(-1)]
    if (!isJson) {
      const seconds = [fastest, slowest].map((each) => (each / 1_000).toFixed(1)).join(' to ')
      process.stdout.write(`a job of a killed worker is begun again after ${seconds} s\n`)
    }
  } finally {
    await server.terminate()
    await rm(directory, { recursive: true, force: true })
  }
  if (isJson) process.stdout.write(`${JSON.stringify({ paces, recoveryMilliseconds: recoveries }, null, 2)}\n`)
}

function paceText({ backend, workers, filesPerSecond }: Pace): string {
  const share = (filesPerSecond * LOOK) / 1_000 / workers
  const overhead = (1_000 * workers) / filesPerSecond - LOOK
  return (
    `${backend}, ${workers} workers: ${filesPerSecond.toFixed(1)} files/s, ${share.toFixed(2)} of linear, ` +
    `${overhead.toFixed(1)} ms more per job than its look`
  )
}

interface Scene {
  directory: string
  address: string
  port: number
}

/** A queue with its front and so many workers, each of which looks at one artifact at a time. */
class Stage {
  readonly #scene: Scene
  readonly #children: ChildProcess[] = []
  readonly #client: PolyswarmdClient
  #front: QueuedFindings | undefined

  private constructor(scene: Scene) {
    this.#scene = scene
    const url = new URL(`http://127.0.0.1:${scene.port}`)
    this.#client = new PolyswarmdClient({ url, account: ACCOUNT, chain: 'side' })
  }

  static async set(scene: Scene, workers: number, env: NodeJS.ProcessEnv): Promise<Stage> {
    const stage = new Stage(scene)
    try {
      await stage.#set(workers, env)
    } catch (error) {
      await stage.clear()
      throw error
    }
    return stage
  }

  /** Has one artifact judged. */
  async judge(): Promise<void> {
    const scanned = await this.#front?.scan({
      ...{ client: this.#client, guid: newGuid(), uri: this.#scene.address, artifactType: 'file', timeLeft: 120_000 },
      artifacts: [{ metadata: {} }],
      signal: AbortSignal.timeout(120_000),
    })
    if (scanned?.[0]?.finding.outcome !== 'benign') throw new Error('An artifact was not judged.')
  }

  killWorker(): void {
    this.#children.at(-1)?.removeAllListeners('exit').kill('SIGKILL')
  }

  async clear(): Promise<void> {
    await this.#front?.teardown()
    this.#client.close()
    for (const child of this.#children.reverse()) {
      child.removeAllListeners('exit')
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }

  async #set(workers: number, env: NodeJS.ProcessEnv): Promise<void> {
    const redisPort = await freePort()
    const url = `redis://127.0.0.1:${redisPort}`
    await this.#start(
      'redis-server',
      ['--port', `${redisPort}`, '--bind', '127.0.0.1', '--save', ''],
      /Ready to accept/,
    )
    const keyFile = join(this.#scene.directory, 'queue.key')
    const flags = ['--backend', BACKEND, '--queue', url, '--queue-key-file', keyFile, '--concurrency', '1']
    const args = [PROGRAM, 'worker', ...flags, '--polyswarmd-addr', `http://127.0.0.1:${this.#scene.port}`]
    const starting = Array.from({ length: workers }, () => this.#start(process.execPath, args, /waiting for/, env))
    await Promise.all(starting)
    const engine = new Microengine({ name: 'front' })
    const key = await QueueKey.read(keyFile)
    this.#front = new QueuedFindings({ engine, backends: ['timed'], url, key, logger: QUIET })
    await this.#front.setup()
  }

  async #start(command: string, args: string[], ready: RegExp, env: NodeJS.ProcessEnv = {}): Promise<void> {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#children.push(child)
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
}

async function measure(backend: Pace['backend'], workers: number, scene: Scene): Promise<Pace> {
  const stage = await Stage.set(scene, workers, { BURN: backend === 'burning' ? '1' : '0' })
  try {
    const judge = (count: number) => Promise.all(Array.from({ length: count }, () => stage.judge()))
    // What is loaded and connected the first time is not what is measured.
    await judge(workers * 4)
    const begun = performance.now()
    await judge(workers * FILES_PER_WORKER)
    return { backend, workers, filesPerSecond: (workers * FILES_PER_WORKER * 1_000) / (performance.now() - begun) }
  } finally {
    await stage.clear()
  }
}

/** Kills one of two workers that both look at something. @returns milliseconds until another has begun its job. */
async function recover(scene: Scene): Promise<number> {
  const stage = await Stage.set(scene, 2, { LOOK: `${LONG_LOOK}` })
  try {
    const judging = Promise.all([stage.judge(), stage.judge()])
    await delay(LONG_LOOK / 2)
    stage.killWorker()
    const killed = performance.now()
    await judging
    return performance.now() - killed - LONG_LOOK
  } finally {
    await stage.clear()
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

async function addressOf(content: Buffer): Promise<string> {
  const nowhere = { put: async (cid: CID) => cid }
  for await (const { cid } of importer([{ content }], nowhere, { cidVersion: 0, rawLeaves: false }))
    return cid.toString()
  throw new Error('the importer named nothing')
}
