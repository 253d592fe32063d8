import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { parseJson } from '@polyswarm/protocol'
import { z } from 'zod'
import type { DataDirectory } from '../data-directory.js'
import { DataDirectoryError } from '../errors.js'

const identity = z.object({ pid: z.number().int().positive(), startedAt: z.string() })

const processList = z.object({
  /** The process that runs the market. */
  owner: identity,
  /** Its programs, by name. */
  programs: z.record(z.string(), identity),
  /** Where its chain listens, while there is something on it. */
  chainRpc: z.string().optional(),
})

type ProcessList = z.infer<typeof processList>

/**
 * Which processes belong to a data directory, on disk. It keeps two markets from running on one directory, and finds the
 * programs that a market killed by force has left behind.
 */
export class ProcessRegister {
  readonly #data: DataDirectory
  readonly #list: ProcessList

  private constructor(data: DataDirectory, list: ProcessList) {
    this.#data = data
    this.#list = list
  }

  /**
   * Takes the data directory for this process, and ends what an earlier one has left running. A chain that was left running
   * stands still, as nobody mines it: what it holds is written down before it is ended.
   *
   * @param keepChain writes down the state of a chain that listens at the given URL.
   * @throws DataDirectoryError where another market runs on it.
   */
  static async claim(data: DataDirectory, keepChain: (rpcUrl: string) => Promise<void>): Promise<ProcessRegister> {
    const file = data.path('processes.json')
    const before = existsSync(file) ? processList.safeParse(readJson(file)) : undefined
    if (before?.success) {
      const { owner, programs, chainRpc } = before.data
      if (isSame(owner)) {
        throw new DataDirectoryError({
          directory: data.root,
          reason: `a market runs on it already (process ${owner.pid}); stop that one, or choose another directory with --data`,
        })
      }
      const { chain, ...others } = programs
      for (const program of Object.values(others)) end(program)
      if (chain && isSame(chain) && chainRpc !== undefined) await keepChain(chainRpc)
      if (chain) end(chain)
    }
    const register = new ProcessRegister(data, { owner: identify(process.pid), programs: {} })
    register.#save()
    return register
  }

  /** Notes a program that was started. */
  add(name: string, pid: number): void {
    this.#list.programs[name] = identify(pid)
    this.#save()
  }

  /** Notes where the chain is, as something is on it from now on that must not be lost. */
  noteChain(rpcUrl: string): void {
    this.#list.chainRpc = rpcUrl
    this.#save()
  }

  /** Gives the data directory back: every program has ended. */
  release(): void {
    rmSync(this.#data.path('processes.json'), { force: true })
  }

  #save(): void {
    this.#data.writeJson(this.#data.path('processes.json'), this.#list)
  }
}

/** A process id may be used again by the system: its start time tells two apart. */
function identify(pid: number): { pid: number; startedAt: string } {
  return { pid, startedAt: startOf(pid) ?? 'unknown' }
}

function end(program: { pid: number; startedAt: string }): void {
  if (isSame(program)) process.kill(program.pid, 'SIGKILL')
}

function isSame({ pid, startedAt }: { pid: number; startedAt: string }): boolean {
  return startOf(pid) === startedAt
}

function startOf(pid: number): string | undefined {
  try {
    // Linux tells in ticks since boot, as the 22nd word; the 2nd is a name in parentheses that may hold blanks.
    if (process.platform === 'linux') {
      const words = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      return words[0] === 'Z' ? undefined : words[19]
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim()
  } catch {
    return undefined
  }
}

function readJson(file: string): unknown {
  try {
    return parseJson(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
