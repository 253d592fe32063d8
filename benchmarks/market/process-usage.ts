import { readdirSync, readFileSync } from 'node:fs'

/** What a program and the processes that it has started have used. */
export interface Usage {
  /** Processor time, in seconds. */
  cpu: number
  /** The most resident memory that was seen, in MiB. */
  memory: number
}

const TICKS_PER_SECOND = 100
const PAGES_PER_MIB = 256
/** Milliseconds between two looks at the memory. */
const INTERVAL = 500

/**
 * Measures programs each of which leads a process group, as those of a dev market do. Linux only: it reads `/proc`. Processes
 * of a group that have ended count as far as somebody in it waited for them.
 */
export class ProcessUsage {
  readonly #leaders: () => Record<string, number>
  readonly #usage = new Map<string, Usage>()
  readonly #timer: NodeJS.Timeout

  /** @param leaders ids of the processes that lead the groups, by the programs' names; asked for at each look. */
  constructor(leaders: () => Record<string, number>) {
    this.#leaders = leaders
    this.#timer = setInterval(() => this.look(), INTERVAL)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** What each has used until now. */
  look(): Record<string, Usage> {
    const groups = usageByGroup()
    for (const [name, pid] of Object.entries(this.#leaders())) {
      const now = groups.get(pid)
      const before = this.#usage.get(name)
      if (now) this.#usage.set(name, { cpu: now.cpu, memory: Math.max(now.memory, before?.memory ?? 0) })
    }
    return Object.fromEntries(this.#usage)
  }
}

/** The processes of some groups. */
export function membersOf(leaders: readonly number[]): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => leaders.includes(Number(statOf(pid)?.[2]))).map(Number)
}

function usageByGroup(): Map<number, Usage> {
  const groups = new Map<number, Usage>()
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(entry)
    if (!fields) continue
    // See proc(5): the group is the 5th word, user and system time of it and of its children follow from the 14th.
    const group = Number(fields[2])
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    const { cpu, memory } = groups.get(group) ?? { cpu: 0, memory: 0 }
    groups.set(group, {
      cpu: cpu + ticks / TICKS_PER_SECOND,
      memory: memory + Number(fields[21]) / PAGES_PER_MIB,
    })
  }
  return groups
}

/** The words after the name, which is in parentheses and may hold anything; undefined for a process that has ended. */
function statOf(pid: string): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return undefined
  }
}
