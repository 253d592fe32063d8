import { readdirSync, readFileSync } from 'node:fs'

/** Runs, wants to run, or waits for the disk. */
const BUSY = new Set(['R', 'D'])

/**
 * Whether a process, and every one that it has started, only waits: for its sockets, its clocks, or others. One that has
 * ended is at rest. Where the system has no /proc to ask, each is said to be.
 */
export function isAtRest(pid: number): boolean {
  return threadsOf(pid).every((thread) => {
    const stat = textOf(`${thread}/stat`)
    const state = stat.slice(stat.lastIndexOf(')') + 2)[0] ?? ''
    const children = textOf(`${thread}/children`).split(' ').filter(Boolean)
    return !BUSY.has(state) && children.every((child) => isAtRest(Number(child)))
  })
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`)
  } catch {
    return []
  }
}

/** Empty where it has gone meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
