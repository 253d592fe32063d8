import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { SupervisedProcess } from '../processes/supervised-process.js'
import type { GuestEngine } from '../settings.js'
import { sourceStamp } from './source-stamp.js'
import { tryEngine } from './trial.js'

/** What is told of a watched engine. */
export interface ReloadEvents {
  /** Its files have changed and it is being tried. */
  changed: (name: string) => void
  /** It runs as its files are now. */
  reloaded: (name: string) => void
  /** It does not run as its files are now, and why: it goes on as it was, or is down until the next change. */
  refused: (name: string, running: boolean, reason: readonly string[]) => void
}

const LOOK_EVERY = 200

/**
 * Starts an engine anew when a file in its folder changes. The engine that runs is asked to end only after the changed one
 * was tried: what it owes is in its journal, and what replaces it must be able to go on with that.
 */
export class EngineReloader {
  readonly #engine: GuestEngine
  readonly #check: string | undefined
  readonly #process: SupervisedProcess
  readonly #events: ReloadEvents

  constructor(
    engine: GuestEngine,
    { check, process, events }: { check: string | undefined; process: SupervisedProcess; events: ReloadEvents },
  ) {
    this.#engine = engine
    this.#check = check
    this.#process = process
    this.#events = events
  }

  /** Watches until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const folder = dirname(this.#engine.file)
    let known = await sourceStamp(folder)
    while (!signal.aborted) {
      await delay(LOOK_EVERY, undefined, { signal }).catch(() => undefined)
      const now = await sourceStamp(folder)
      if (now === known || signal.aborted) continue
      known = now
      await this.#tryAndReload(async () => (await sourceStamp(folder)) === now, signal)
    }
  }

  async #tryAndReload(isStill: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
    const { name } = this.#engine
    this.#events.changed(name)
    const { passed, lines } = await tryEngine(this.#engine, this.#check, signal)
    // Changed again meanwhile: the next look sees that, and tries again.
    if (signal.aborted || !(await isStill())) return
    if (!passed) return this.#events.refused(name, this.#process.running, lines)
    try {
      await this.#process.reload()
      if (!signal.aborted) this.#events.reloaded(name)
    } catch (error) {
      if (!signal.aborted) this.#events.refused(name, false, [(error as Error).message])
    }
  }
}
