import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createKeystoreFile } from '@polyswarm/participants/runtime'

const PROGRAM = fileURLToPath(new URL('../../consumer/dist/bin/consumer.js', import.meta.url))

/** A consumer service as a process of its own. Its market is away: it answers what it knows. */
export class ServiceProcess {
  readonly url: string
  readonly #child: ChildProcess

  private constructor(url: string, child: ChildProcess) {
    this.url = url
    this.#child = child
  }

  static async start(data: string, database?: string): Promise<ServiceProcess> {
    const keyfile = join(data, 'key.json')
    await createKeystoreFile({ path: keyfile, password: 'x', cost: 1024 })
    const args = ['--data', data, '--port', '0', '--keyfile', keyfile, '--polyswarmd-addr', 'http://127.0.0.1:1']
    const stored = database === undefined ? [] : ['--database', database]
    const limits = ['--requests-per-minute', '100000000', '--log-format', 'json']
    const child = spawn(process.execPath, [PROGRAM, ...args, ...stored, ...limits], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PASSWORD: 'x' },
    })
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the service ended with ${code}`)
    })
    const listening = (async () => {
      for await (const line of createInterface({ input: child.stdout })) {
        const url = /"url":"([^"]+)"/.exec(line)?.[1]
        if (url !== undefined) return url
      }
      throw new Error('the service does not listen')
    })()
    const url = await Promise.race([listening, ended])
    ended.catch(() => undefined)
    child.stdout.resume()
    return new ServiceProcess(url, child)
  }

  /** Resident memory in MiB. */
  get memory(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024)
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}
