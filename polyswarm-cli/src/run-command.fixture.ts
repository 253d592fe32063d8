import { Readable, Writable } from 'node:stream'
import type { ExitStatus } from './exit-status.js'
import { runPolyswarm } from './program.js'

/** What a command wrote and how it ended. */
export interface Ran {
  status: ExitStatus
  stdout: string
  stderr: string
}

/** How a command is run. */
export interface RunOptions {
  stdin?: string
  /** Columns of a terminal; none without. */
  columns?: number
  signal?: AbortSignal
  now?: () => number
  onStderr?: (text: string) => void
}

/** Runs a command line in this process, with streams of its own. */
export async function runCommand(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const written = { stdout: '', stderr: '' }
  const into = (name: keyof typeof written) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        written[name] += chunk
        if (name === 'stderr') options.onStderr?.(String(chunk))
        done()
      },
    })
  const terminal: { isTTY?: boolean; columns?: number } = options.columns
    ? { isTTY: true, columns: options.columns }
    : {}
  const status = await runPolyswarm({
    words,
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout: Object.assign(into('stdout'), terminal),
    stderr: Object.assign(into('stderr'), terminal),
    colors: false,
    signal: options.signal ?? new AbortController().signal,
    now: options.now ?? Date.now,
  })
  return { status, ...written }
}
