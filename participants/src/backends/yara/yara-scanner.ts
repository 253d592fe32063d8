import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { parseJson, stringifyJson } from '@polyswarm/protocol'
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

/** Characters of an answer: names of rules and what their `meta` says. */
const LONGEST_ANSWER = 8 * 1024 * 1024

/** The script has the same extension as this file: sources run as they are, too. */
const SCRIPT = fileURLToPath(
  new URL(`./yara-scan-process.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
)

/** A process that scans one artifact at a time; see `yara-scan-process` for what is said between the two. */
export class YaraScanner {
  /** Fulfilled with the version of YARA-X when the rules are compiled; rejected with BackendError where they do not. */
  readonly ready: Promise<string>
  /** The rules it scans with. */
  readonly sources: readonly RuleSource[]
  readonly #child: ChildProcessByStdio<Socket, Socket, null>
  readonly #ended: Promise<unknown>
  #waiting: PromiseWithResolvers<Answer> | undefined
  #line = ''
  #alive = true

  constructor(sources: readonly RuleSource[], build: YaraBuild = 'auto') {
    this.sources = sources
    this.#child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MEGABYTES}`, SCRIPT, build], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {},
    }) as ChildProcessByStdio<Socket, Socket, null>
    const { stdin, stdout } = this.#child
    this.#ended = once(this.#child, 'close').catch(() => undefined)
    this.#child.on('error', (error) => this.#over(error))
    this.#child.on('close', () => this.#over(new Error('the scanning process has ended')))
    stdin.on('error', (error) => this.#over(error))
    stdout.setEncoding('utf8').on('data', (text) => this.#read(String(text)))
    this.ready = this.#ask(Buffer.from(stringifyJson(sources))).then((said) => {
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
    this.#keepsAlive(true)
    await this.#ended
  }

  #ask(message: Uint8Array): Promise<Answer> {
    const waiting = Promise.withResolvers<Answer>()
    this.#keepsAlive(true)
    waiting.promise.then(
      () => this.#keepsAlive(false),
      () => this.#keepsAlive(false),
    )
    if (!this.#alive) {
      waiting.reject(new Error('the scanning process has ended'))
      return waiting.promise
    }
    this.#waiting = waiting
    const length = Buffer.alloc(4)
    length.writeUInt32LE(message.byteLength)
    const { stdin } = this.#child
    stdin.cork()
    stdin.write(length)
    stdin.write(message)
    stdin.uncork()
    return waiting.promise
  }

  /**
   * Only while it is waited for: a program that has nothing else to do ends, and the process with it. Once it is being ended,
   * that is waited for, which takes until the last of its pipes has closed.
   */
  #keepsAlive(so: boolean): void {
    const { stdin, stdout } = this.#child
    for (const handle of [this.#child, stdin, stdout]) so || !this.#alive ? handle.ref() : handle.unref()
  }

  /** What an artifact has taken over can answer whatever it likes, and without end. */
  #read(text: string): void {
    this.#line += text
    const end = this.#line.indexOf('\n')
    if (end < 0 && this.#line.length <= LONGEST_ANSWER) return
    const waiting = this.#waiting
    this.#waiting = undefined
    try {
      if (end < 0) throw new Error('the answer of the scanning process has no end')
      const said = answer.parse(parseJson(this.#line.slice(0, end)))
      this.#line = this.#line.slice(end + 1)
      waiting?.resolve(said)
    } catch (error) {
      waiting?.reject(error)
      void this.end()
    }
  }

  #over(error: Error): void {
    this.#alive = false
    this.#waiting?.reject(error)
  }
}
