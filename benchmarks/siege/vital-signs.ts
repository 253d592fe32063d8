import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { failureText, rawRequest } from './raw-request.ts'

/** Resident memory of each process over time, in MiB, and what `/health` took, in ms. */
export interface VitalSummary {
  health: { asked: number; failed: Record<string, number>; p50: number; p99: number; max: number }
  memory: Record<string, { start: number; half: number; end: number; most: number }>
}

const ASK_EVERY = 1_000
const ANSWER_LIMIT_MS = 10_000
const MEMORY_EVERY = 10_000

/** Watches how the daemon answers and what the honest processes hold, as long as a siege lasts. */
export class VitalSigns {
  readonly #daemon: URL
  /** File that says which process is who. */
  readonly #processes: string
  readonly #waits: number[] = []
  readonly #failed: Record<string, number> = {}
  readonly #memory = new Map<string, number[]>()
  readonly #timers: NodeJS.Timeout[]

  constructor(daemon: URL, processes: string) {
    this.#daemon = daemon
    this.#processes = processes
    const measure = () => this.#measure()
    measure()
    this.#timers = [setInterval(() => void this.#ask(), ASK_EVERY), setInterval(measure, MEMORY_EVERY)]
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** @param from index of the first answer that counts, as `asked` gave it. */
  healthSince(from: number): VitalSummary['health'] {
    const waits = this.#waits.slice(from).sort((a, b) => a - b)
    const at = (part: number) => Math.round(waits[Math.floor(part * (waits.length - 1))] ?? 0)
    return { asked: waits.length, failed: this.#failed, p50: at(0.5), p99: at(0.99), max: at(1) }
  }

  get asked(): number {
    return this.#waits.length
  }

  /** What a process holds now. */
  memoryNow(): Record<string, number> {
    return Object.fromEntries([...this.#memory].map(([name, values]) => [name, values.at(-1) ?? 0]))
  }

  summary(): VitalSummary {
    const memory: VitalSummary['memory'] = {}
    for (const [name, values] of this.#memory) {
      const at = (part: number) => values[Math.round(part * (values.length - 1))] ?? 0
      memory[name] = { start: at(0), half: at(0.5), end: at(1), most: Math.max(...values) }
    }
    return { health: this.healthSince(0), memory }
  }

  async #ask(): Promise<void> {
    const start = performance.now()
    try {
      const { status } = await rawRequest(this.#daemon, { path: '/health', patience: ANSWER_LIMIT_MS })
      if (status !== 200) this.#fail(`HTTP ${status}`)
    } catch (error) {
      this.#fail(failureText(error))
    }
    this.#waits.push(performance.now() - start)
  }

  #fail(how: string): void {
    this.#failed[how] = (this.#failed[how] ?? 0) + 1
  }

  #measure(): void {
    if (!existsSync('/proc/self/stat') || !existsSync(this.#processes)) return
    const { programs } = JSON.parse(readFileSync(this.#processes, 'utf8')) as {
      programs: Record<string, { pid: number }>
    }
    const parents = parentsOfAll()
    for (const [name, { pid }] of Object.entries(programs)) {
      const values = this.#memory.get(name) ?? []
      values.push(treeOf(pid, parents).reduce((sum, each) => sum + residentMemory(each), 0))
      this.#memory.set(name, values)
    }
  }
}

/** A process and all that it has started. */
function treeOf(pid: number, parents: ReadonlyMap<number, number>): number[] {
  const children = [...parents].filter(([, parent]) => parent === pid).map(([child]) => child)
  return [pid, ...children.flatMap((child) => treeOf(child, parents))]
}

function parentsOfAll(): Map<number, number> {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) continue
    try {
      const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?=\S )/)
      parents.set(pid, Number(fields.split(' ')[1]))
    } catch {
      // It has ended since.
    }
  }
  return parents
}

/** In MiB; 0 for a process that has ended. */
function residentMemory(pid: number): number {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}
