import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { BackendError } from '../../errors.js'

/** A file of YARA rules. */
export interface RuleSource {
  file: string
  text: string
}

/** Which YARA-X: compiled to WebAssembly, or `auto`, the native one where there is one for this machine. */
export type YaraBuild = 'auto' | 'wasm'

/** A rule that matched, with what its `meta` says. */
export type YaraMatch = z.infer<typeof match>

const match = z.object({ identifier: z.string(), meta: z.record(z.string(), z.unknown()) })

const answer = z.union([
  z.object({ ready: z.string() }),
  z.object({ problems: z.array(z.string()) }),
  z.object({ matches: z.array(match) }),
  z.object({ failure: z.string() }),
])

type Answer = z.infer<typeof answer>

/** Megabytes that the process may take for its own objects; the rules and the artifact come on top. */
const HEAP_MEGABYTES = 256

/** The script has the same extension as this file: sources run as they are, too. */
const SCRIPT = fileURLToPath(
  new URL(`./yara-scan-process.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
)

/** A process that scans one artifact at a time; see `yara-scan-process` for what is said between the two. */
export class YaraScanner {
  /** Fulfilled with the version of YARA-X when the rules are compiled; rejected with BackendError where they do not compile. */
  readonly ready: Promise<string>
  /** The rules it scans with. */
  readonly sources: readonly RuleSource[]
  readonly #child: ChildProcess
  readonly #lines: Interface
  readonly #ended: Promise<unknown>
  #waiting: PromiseWithResolvers<Answer> | undefined
  #alive = true

  constructor(sources: readonly RuleSource[], build: YaraBuild = 'auto') {
    this.sources = sources
    this.#child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MEGABYTES}`, SCRIPT, build], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {},
    })
    this.#ended = once(this.#child, 'close').catch(() => undefined)
    this.#child.on('error', (error) => this.#over(error))
    this.#child.on('close', () => this.#over(new Error('the scanning process has ended')))
    this.#child.stdin?.on('error', (error) => this.#over(error))
    if (!this.#child.stdout) throw new Error('the scanning process has no output')
    this.#lines = createInterface({ input: this.#child.stdout })
    this.#lines.on('line', (line) => this.#read(line))
    this.ready = this.#ask(Buffer.from(JSON.stringify(sources))).then((said) => {
      if ('ready' in said) return said.ready
      throw new BackendError({ backend: 'yara', reason: 'problems' in said ? said.problems.join('; ') : 'no rules' })
    })
    this.ready.catch(() => undefined)
  }

  /** Whether it can scan another artifact. */
  get alive(): boolean {
    return this.#alive
  }

  /**
   * Scans an artifact.
   *
   * @returns the rules that match.
   * @throws the signal's reason once it fires; the process has been killed then.
   */
  async scan(content: Uint8Array, signal: AbortSignal): Promise<YaraMatch[]> {
    signal.throwIfAborted()
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const onAbort = (): void => {
      void this.end()
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await Promise.race([this.ready, aborted])
      const said = await Promise.race([this.#ask(content), aborted])
      if ('matches' in said) return said.matches
      throw new Error('failure' in said ? said.failure : 'the scanning process gave no result')
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Kills the process, whatever it is doing. */
  async end(): Promise<void> {
    this.#alive = false
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  #ask(message: Uint8Array): Promise<Answer> {
    const waiting = Promise.withResolvers<Answer>()
    waiting.promise.catch(() => undefined)
    if (!this.#alive) {
      waiting.reject(new Error('the scanning process has ended'))
      return waiting.promise
    }
    this.#waiting = waiting
    const length = Buffer.alloc(4)
    length.writeUInt32LE(message.byteLength)
    this.#child.stdin?.cork()
    this.#child.stdin?.write(length)
    this.#child.stdin?.write(message)
    this.#child.stdin?.uncork()
    return waiting.promise
  }

  #read(line: string): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    try {
      waiting?.resolve(answer.parse(JSON.parse(line)))
    } catch (error) {
      waiting?.reject(error)
    }
  }

  #over(error: Error): void {
    this.#alive = false
    this.#waiting?.reject(error)
  }
}
