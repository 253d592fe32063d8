import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { visibleText } from '@polyswarm/protocol'
import { ProcessFailedError } from '../errors.js'
import { giveWay } from './give-way.js'
import { RotatingLog } from './rotating-log.js'

/** A program to run and keep running. */
export interface ProcessPlan {
  name: string
  command: string
  /** Asked for anew at each start. */
  args: () => readonly string[]
  env?: Readonly<Record<string, string>>
  /** How far it gives way to other programs where processors are short, from 0 to 19; 0 by default. */
  nice?: number
  /** File that its output is appended to; see {@link RotatingLog}. */
  log: string
  /** Whether a line of its output says that it is ready; without it, it is ready once it runs. */
  ready?: (line: string) => boolean
  /** Whether an end with status 0 is what it is meant to come to, and no reason to start it again. */
  mayFinish?: boolean
}

/** What a supervisor tells of its process. */
export interface ProcessEvents {
  started: (name: string, pid: number) => void
  /** It ended on its own and is started again. `said` is the last line that it wrote; the others are in the log. */
  restarted: (name: string, how: string, said: string, log: string) => void
  /** It was started again, and is ready. */
  back?: (name: string) => void
  /** It has written a line. */
  wrote?: (name: string, line: string) => void
  /** It ended on its own once too often, or is not startable. */
  failed: (error: ProcessFailedError) => void
}

/**
 * Has glibc keep what is allocated outside of the heap in one place for all threads: with one for each, a program holds 4 MiB
 * more that nobody uses (decision 421).
 */
const ONE_ARENA = { MALLOC_ARENA_MAX: '1' }

/** More deaths than this within a minute, and a program is not started again. */
const DEATHS_A_MINUTE = 6
const RESTART_DELAY = 100
const GRACE = 3_500

/**
 * One program of the market. It runs in a process group of its own, so that Ctrl-C in the terminal reaches only the one
 * who knows in which order to stop things; killed or crashed, it is started again.
 */
export class SupervisedProcess {
  readonly #plan: ProcessPlan
  readonly #events: ProcessEvents
  readonly #log: RotatingLog
  readonly #deaths: number[] = []
  readonly #finished = Promise.withResolvers<void>()
  #child: ChildProcess | undefined
  #stopping = false
  #ending: Promise<void> = Promise.resolve()
  #restart: NodeJS.Timeout | undefined
  #lastLine = ''

  constructor(plan: ProcessPlan, events: ProcessEvents) {
    this.#plan = plan
    this.#events = events
    this.#log = new RotatingLog(plan.log)
  }

  get name(): string {
    return this.#plan.name
  }

  /** Whether it runs, ready or not. */
  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Resolves when a process that may finish has finished with status 0. */
  get finished(): Promise<void> {
    return this.#finished.promise
  }

  /**
   * Starts the program and waits until it is ready.
   *
   * @throws ProcessFailedError if it ends first.
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#spawn(resolve, (how) => {
        reject(new ProcessFailedError({ name: this.name, reason: this.#lastLine || how, log: this.#plan.log }))
        return false
      })
    })
  }

  /**
   * Asks the program to end, as when it is stopped, and starts it again.
   *
   * @throws ProcessFailedError if it ends before it is ready; then it stays down until the next call.
   */
  async reload(): Promise<void> {
    this.#ending = this.#end()
    await this.#ending
    this.#deaths.length = 0
    if (!this.#stopping) await this.start()
  }

  /** Asks the program to end, and ends it by force after a grace period, or when the signal fires. */
  async stop(force?: AbortSignal): Promise<void> {
    this.#stopping = true
    await this.#ending
    await this.#end(force)
    await this.#log.end()
  }

  async #end(force?: AbortSignal): Promise<void> {
    clearTimeout(this.#restart)
    const child = this.#child
    // From here on its end is no surprise.
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const kill = () => void child.kill('SIGKILL')
    const timer = setTimeout(kill, GRACE)
    force?.addEventListener('abort', kill)
    if (force?.aborted) kill()
    else child.kill('SIGTERM')
    await ended
    clearTimeout(timer)
    force?.removeEventListener('abort', kill)
  }

  /** `endedEarly` is told of an end before the program was ready, and says whether to start it again. */
  #spawn(ready: () => void, endedEarly: (how: string) => boolean): void {
    const { command, args, env, nice, ready: isReady } = this.#plan
    const child = spawn(command, args(), {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...ONE_ARENA, ...process.env, ...env },
    })
    this.#child = child
    let isUp = false
    const up = () => {
      isUp = true
      ready()
    }
    if (child.pid !== undefined) {
      if (nice !== undefined) void giveWay(child.pid, nice)
      this.#events.started(this.name, child.pid)
    }
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.#log.write(visibleText(line))
        this.#events.wrote?.(this.name, line)
        if (line.trim()) this.#lastLine = line.trim().slice(0, 400)
        if (!isUp && isReady?.(line)) up()
      })
    }
    if (!isReady) child.once('spawn', up)
    let gone = false
    const onEnd = (how: string, status: number | null) => {
      if (gone) return
      gone = true
      if (child !== this.#child) {
        if (!isUp) endedEarly('it was told to stop')
        return
      }
      if (status === 0 && this.#plan.mayFinish) return this.#finished.resolve()
      if (isUp || endedEarly(how)) this.#startAgain(how)
    }
    child.once('error', (error) => onEnd(error.message, null))
    child.once('close', (code, signal) => onEnd(signal ? `was killed by ${signal}` : `ended with status ${code}`, code))
  }

  #startAgain(how: string): void {
    const now = Date.now()
    this.#deaths.push(now)
    if (this.#deaths.filter((at) => now - at < 60_000).length > DEATHS_A_MINUTE) {
      const reason = `${how} again and again; its last line: ${this.#lastLine}`
      this.#events.failed(new ProcessFailedError({ name: this.name, reason, log: this.#plan.log }))
      return
    }
    this.#events.restarted(this.name, how, this.#lastLine, this.#plan.log)
    this.#restart = setTimeout(() => {
      this.#spawn(
        () => this.#events.back?.(this.name),
        () => true,
      )
    }, RESTART_DELAY)
  }
}
