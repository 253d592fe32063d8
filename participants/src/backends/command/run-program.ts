import { type ChildProcess, spawn } from 'node:child_process'

/** A program to run on one artifact. */
export interface ProgramRun {
  /** Program and arguments; nothing of it passes through a shell. */
  command: readonly string[]
  /** What it reads, where it reads. */
  stdin?: Uint8Array
  /** Most bytes of output and of messages each; a program that writes more is ended. */
  maxOutput: number
  signal: AbortSignal
}

/** How a program ended. */
export interface ProgramEnd {
  /** Exit status; null where a signal ended it. */
  code: number | null
  killedBy: NodeJS.Signals | null
  stdout: string
  stderr: string
  /** Whether it was ended for writing too much. */
  flooded: boolean
}

/**
 * Runs a program to its end, in a process group of its own that is killed as a whole: when the signal fires, when it writes
 * too much, and when it ends and leaves something behind. Its environment holds PATH and the language, nothing else: no
 * password of ours.
 *
 * @throws the signal's reason once it fires, and the system's error where the program does not start.
 */
export async function runProgram({ command, stdin, maxOutput, signal }: ProgramRun): Promise<ProgramEnd> {
  signal.throwIfAborted()
  const [program = '', ...args] = command
  const { PATH = '/usr/bin:/bin', LANG = 'C.UTF-8' } = process.env
  const child = spawn(program, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'], env: { PATH, LANG } })
  const onAbort = (): void => killGroup(child)
  signal.addEventListener('abort', onAbort, { once: true })
  let flooded = false
  const collect = (stream: NodeJS.ReadableStream): (() => string) => {
    const chunks: Buffer[] = []
    let size = 0
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxOutput) chunks.push(chunk)
      else if (!flooded) {
        flooded = true
        killGroup(child)
      }
    })
    return () => Buffer.concat(chunks).toString('utf8')
  }
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  // A program need not read all that it is given.
  child.stdin.on('error', () => undefined)
  child.stdin.end(stdin ?? new Uint8Array())
  try {
    const { promise, resolve, reject } = Promise.withResolvers<[number | null, NodeJS.Signals | null]>()
    child.once('error', reject)
    child.once('exit', () => killGroup(child))
    child.once('close', (code, killedBy) => resolve([code, killedBy]))
    const [code, killedBy] = await promise
    signal.throwIfAborted()
    return { code, killedBy, stdout: stdout(), stderr: stderr(), flooded }
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The group is empty.
  }
}
