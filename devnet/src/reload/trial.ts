import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { programOf } from '../processes/program-of.js'
import type { GuestEngine } from '../settings.js'

/** What came of trying an engine. */
export interface TrialResult {
  passed: boolean
  /** The last lines that were printed. */
  lines: string[]
}

const KEPT_LINES = 40
const KEPT_CHARACTERS = 100_000

/**
 * Tries an engine as its files are now: with the given command line in the current directory, or with
 * `microengine check`. Cut short when the signal is aborted.
 */
export function tryEngine(
  { file }: GuestEngine,
  command: string | undefined,
  signal: AbortSignal,
): Promise<TrialResult> {
  return new Promise((resolve) => {
    const check = [programOf('@polyswarm/participants', 'microengine.js'), 'check', '--backend', file]
    const options: SpawnOptions = { stdio: ['ignore', 'pipe', 'pipe'], detached: true }
    const child: ChildProcess =
      command === undefined ? spawn(process.execPath, check, options) : spawn(command, { ...options, shell: true })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-KEPT_CHARACTERS)
      })
    }
    const onAbort = () => killGroup(child)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    const end = (passed: boolean) => {
      signal.removeEventListener('abort', onAbort)
      resolve({ passed, lines: output.trimEnd().split('\n').slice(-KEPT_LINES) })
    }
    child.once('error', (error) => {
      output += error.message
      end(false)
    })
    child.once('close', (code) => end(code === 0))
  })
}

/** With all that it has started: a test runner has children of its own. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}
