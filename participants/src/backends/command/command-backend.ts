import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AnalysisBackend, AnalysisRequest } from '../../analysis/analysis-backend.js'
import { LinearPattern } from '../../artifacts/linear-pattern.js'
import { AnalysisError, BackendError } from '../../errors.js'
import type { Finding } from '../../findings/finding.js'
import { type AnswerRule, findingOfProgram } from './command-answer.js'
import { type Confinement, confinementOf } from './confinement.js'
import { readablePaths } from './readable-paths.js'
import { runProgram } from './run-program.js'

/** How the command backend works. */
export interface CommandBackendOptions {
  /** Program and arguments. `{}` in an argument stands for the path of the artifact; without one, it comes on stdin. */
  command: readonly string[]
  /** Where the verdict is; `exit-code` by default. A pattern must be one that `LinearPattern` understands. */
  answer?: AnswerRule | RegExp
  /** Bytes of address space for each of its processes; 4 GiB by default. */
  maxMemory?: number
  /** Bytes of output; 1 MiB by default. */
  maxOutput?: number
  /** Whether the program may use the network; by default it may not, where the system allows to forbid it. */
  network?: boolean
  /** Programs that run at the same time; the number of processors by default. */
  concurrency?: number
  /** Files and directories that the program may read beside the system's own and those that its command line names. */
  readable?: readonly string[]
  /** Told how the program is confined. */
  inform?: ((message: string) => void) | undefined
  /** Told what the program can reach where this system does not let it be confined. */
  warn?: ((message: string) => void) | undefined
}

const GIBIBYTE = 1024 ** 3

/**
 * Has artifacts judged by any program. It runs once for each artifact, as a process group of its own that is killed with its
 * descendants at the deadline; it sees the artifact under a name of ours, in a directory of its own, and where the system
 * allows that no other files but the system's, those that its command line names, and `readable`.
 */
export class CommandBackend implements AnalysisBackend {
  readonly name = 'command'
  readonly versions: { vendor?: string; signatures?: string } = {}
  readonly concurrency: number
  readonly #options: CommandBackendOptions
  readonly #answer: AnswerRule
  #confinement: Confinement | undefined
  /** What a program's own root directory is built on, where nobody else sees it. */
  #emptyDirectory = ''

  /** @throws BackendError without a command, InvalidOptionError for a pattern that is none. */
  constructor(options: CommandBackendOptions) {
    if (options.command.length === 0) {
      throw new BackendError({ backend: 'command', reason: 'no program is named: give --command' })
    }
    const { answer = 'exit-code' } = options
    this.#options = options
    this.#answer = answer instanceof RegExp ? new LinearPattern('answer', answer.source, answer.flags) : answer
    this.concurrency = options.concurrency ?? availableParallelism()
    this.versions.vendor = options.command[0] ?? ''
  }

  async setup(): Promise<void> {
    if (this.#confinement) return
    const { command, maxMemory = 4 * GIBIBYTE, network = false, readable: further = [], inform, warn } = this.#options
    const readable = readablePaths(command, further)
    this.#emptyDirectory = await mkdtemp(join(tmpdir(), 'root-'))
    const emptyDirectory = this.#emptyDirectory
    this.#confinement = await confinementOf({ maxMemory, network, readable, emptyDirectory })
    const { files, network: isCutOff } = this.#confinement
    const program = command[0]
    if (files) {
      inform?.(
        `${program} can read the artifact, the system's directories, and ${readable.join(', ') || 'no other file'}`,
      )
    } else {
      warn?.(
        `${program} can read all that this user can, keys and journals included, since this system has no mount ` +
          'namespaces for it: run the engine in a container or as a user of its own',
      )
    }
    if (!isCutOff) (network ? inform : warn)?.(`${program} can reach the network`)
  }

  async analyze({ content, signal }: AnalysisRequest): Promise<Finding> {
    const { command, maxOutput = 1024 * 1024 } = this.#options
    const byPath = command.some((word) => word.includes('{}'))
    const directory = byPath ? await mkdtemp(join(tmpdir(), 'artifact-')) : undefined
    try {
      const path = directory === undefined ? '' : join(directory, 'artifact')
      if (byPath) await writeFile(path, content, { mode: 0o600 })
      const prefix = this.#confinement?.prefix(directory === undefined ? undefined : path) ?? []
      const words = [...prefix, ...command.map((word) => word.replaceAll('{}', path))]
      const end = await runProgram({ command: words, maxOutput, signal, ...(!byPath && { stdin: content }) })
      return findingOfProgram(this.#answer, end)
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof AnalysisError) throw error
      throw new AnalysisError({ backend: 'command', reason: (error as Error).message, cause: error })
    } finally {
      if (directory !== undefined) await rm(directory, { recursive: true, force: true })
    }
  }

  async teardown(): Promise<void> {
    this.#confinement = undefined
    if (this.#emptyDirectory !== '') await rm(this.#emptyDirectory, { recursive: true, force: true })
  }
}
