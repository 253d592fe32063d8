import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { AttackOrder, AttackReport } from './attacker.ts'

const PROGRAM = fileURLToPath(new URL('attacker.ts', import.meta.url))
const GRACE = 20_000

/** The attacker, in a process of its own: its work must not be counted as a delay of the market. */
export class AttackerProcess {
  latest: AttackReport = { counts: {}, processorSeconds: 0 }
  /** How it ended by itself; undefined as long as it has not. */
  ended: string | undefined
  readonly #child: ChildProcess
  #stopping = false

  constructor(order: AttackOrder) {
    this.#child = fork(PROGRAM, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#child.on('message', (report: AttackReport) => {
      this.latest = report
    })
    this.#child.once('exit', (code, signal) => {
      if (!this.#stopping) this.ended = signal ? `killed by ${signal}` : `ended with ${code}`
    })
    this.#child.send(order)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.send('stop', () => undefined)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE)
    await exited
    clearTimeout(timer)
  }
}
