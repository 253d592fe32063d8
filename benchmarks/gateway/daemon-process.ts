import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../polyswarmd/dist/bin/polyswarmd.js', import.meta.url))

/** polyswarmd as its users run it: a process of its own. */
export class DaemonProcess {
  readonly url: string
  readonly #child: ChildProcess

  private constructor(url: string, child: ChildProcess) {
    this.url = url
    this.#child = child
  }

  /** Starts the program and waits until it listens. */
  static async start(flags: readonly string[]): Promise<DaemonProcess> {
    const args = [PROGRAM, '--port', '0', '--log-format', 'json', '--log-level', 'info', ...flags]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const line of createInterface({ input: child.stdout })) {
      const { msg, url } = JSON.parse(line) as { msg: string; url: string }
      if (msg !== 'listening') continue
      child.stdout.resume()
      return new DaemonProcess(url, child)
    }
    throw new Error('polyswarmd ended before it listened')
  }

  /** Whether the process has not ended. */
  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Resident memory in MiB. */
  residentMemory(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024)
  }

  /** Processor time used so far, in seconds. */
  processorTime(): number {
    const [, fields = ''] = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ')
    const values = fields.split(' ')
    return (Number(values[11]) + Number(values[12])) / 100
  }

  async stop(): Promise<void> {
    if (!this.running) return
    this.#child.kill('SIGTERM')
    await once(this.#child, 'exit')
  }
}
