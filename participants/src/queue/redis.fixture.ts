import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Redis } from 'ioredis'
import { freePort } from '../../../test/support/free-port.ts'

const PROGRAMS = ['redis-server', 'valkey-server'].flatMap((name) =>
  ['/usr/bin', '/usr/local/bin'].map((directory) => `${directory}/${name}`),
)
const PROGRAM = PROGRAMS.find((path) => existsSync(path))

/** Whether this machine has Redis. Without it these tests are skipped, and fail where CI=true. */
export const hasRedis = PROGRAM !== undefined || process.env.CI === 'true'

/** Why tests are skipped, for their title. */
export const skipNote = hasRedis ? '' : ' (skipped: there is no redis-server, apt-get install redis-server)'

/** A Redis of a test's own, that keeps nothing on disk: killed and started again it has forgotten everything. */
export class TestRedis {
  readonly port: number
  readonly url: string
  readonly #program: string | undefined
  #child: ChildProcess | undefined

  private constructor(port: number, program: string | undefined) {
    this.port = port
    this.#program = program
    this.url = `redis://127.0.0.1:${port}`
  }

  /** @param program another server that speaks the same, such as that of Valkey. */
  static async start(program = PROGRAM): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), program)
    await redis.start()
    return redis
  }

  async start(): Promise<void> {
    if (this.#program === undefined) throw new Error('There is no Redis on this machine: apt-get install redis-server.')
    const settings = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    const child = spawn(this.#program, settings, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (/Ready to accept connections/.test(line)) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`Redis ended with ${code}`)))
    await promise
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  /** Works with it as anybody could who can reach it. */
  async as<T>(intruder: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.url)
    try {
      return await intruder(redis)
    } finally {
      redis.disconnect()
    }
  }
}
