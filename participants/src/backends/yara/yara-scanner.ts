import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { stringifyJson } from '@polyswarm/protocol'
import { YaraProcessError } from '../../errors.js'
import { frameHead } from '../../examiner/frame.js'
import type { ExternalVariables } from './external-variables.js'
import type { ReadyRules, RulePlan, RuleSource } from './rule-set.js'
import { type YaraAnswer, YaraAnswers, type YaraMatch } from './yara-answers.js'

/** Which YARA-X: compiled to WebAssembly, or `auto`, the native one where there is one for this machine. */
export type YaraBuild = 'auto' | 'wasm'

/** What a process is given first: rules to find out about, or rules that are known to compile. */
export type RuleLoad = { sources: readonly RuleSource[]; careful: boolean } | ReadyRules

/** What was found out about rules. */
export interface RuleReport {
  plan: RulePlan
  /** Those that are in use as other processes can be given them; absent where these are given the texts. */
  serialized?: Uint8Array
}

/** Megabytes that the process may take for its own objects; the rules and the artifact come on top. */
const HEAP_MEGABYTES = 256

/** Bytes of compiled rules; those of 12,000 rules are 16 MB. */
const MOST_SERIALIZED = 1024 * 1024 * 1024

/** The built script, also where this file is run as it is: its imports need that. */
const SCRIPT = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../../dist/backends/yara/yara-scan-process.js' : './yara-scan-process.js',
    import.meta.url,
  ),
)

/** A process that scans one artifact at a time; see `yara-scan-process` for what is said between the two. */
export class YaraScanner {
  /** Fulfilled with what was found out about the rules, where that was asked; rejected where the process ends before. */
  readonly planned: Promise<RuleReport>
  /** Fulfilled with the version of YARA-X when the rules are compiled; rejected where the process ends before. */
  readonly ready: Promise<string>
  readonly #child: ChildProcess
  readonly #stdin: Socket
  readonly #channel: Socket
  /** Where it gives out compiled rules, if it was asked to find out about some. */
  #rules: Socket | undefined
  readonly #serialized: Buffer[] = []
  #received = 0
  #report: { plan: RulePlan; length: number } | undefined
  readonly #answers = new YaraAnswers()
  readonly #ended: Promise<unknown>
  readonly #plan = Promise.withResolvers<RuleReport>()
  readonly #load = Promise.withResolvers<string>()
  /** Of the frame that was sent last. */
  #number = 0
  /** The artifact that is being scanned. */
  #waiting: PromiseWithResolvers<YaraMatch[]> | undefined
  #at: number | undefined
  #isReady = false
  #alive = true

  constructor(load: RuleLoad, build: YaraBuild = 'auto') {
    this.#child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MEGABYTES}`, SCRIPT, build], {
      stdio: ['pipe', 'ignore', 'ignore', 'pipe', 'sources' in load ? 'pipe' : 'ignore'],
      env: {},
    })
    const { stdin, stdio } = this.#child
    this.#stdin = stdin as Socket
    this.#channel = stdio[3] as Socket
    this.#rules = (stdio[4] ?? undefined) as Socket | undefined
    this.#ended = once(this.#child, 'close').catch(() => undefined)
    this.#child.on('error', ({ message }) => this.#over(message))
    this.#child.on('exit', () => {
      this.#alive = false
    })
    // What it said before it ended has been read by then.
    this.#child.on('close', (code, signal) => this.#over(`it ended with ${signal ?? `status ${code}`}`))
    for (const stream of [this.#stdin, this.#channel, this.#rules]) stream?.on('error', () => undefined)
    this.#channel.setEncoding('utf8').on('data', (text) => this.#read(String(text)))
    this.#rules?.on('data', (piece: Buffer) => this.#receive(piece))
    this.planned = this.#plan.promise
    this.ready = this.#load.promise
    for (const promise of [this.planned, this.ready]) promise.catch(() => undefined)
    if ('serialized' in load) this.#send({ serialized: true }, load.serialized)
    else this.#send({}, Buffer.from(stringifyJson(load)))
  }

  /** Whether it can scan another artifact, once it is ready. */
  get alive(): boolean {
    return this.#alive
  }

  /** The place of the file of rules that it was looking at last, where it was asked to be careful. */
  get at(): number | undefined {
    return this.#at
  }

  /**
   * Scans an artifact. It has to be ready, and through with the artifact before.
   *
   * @returns the rules that match.
   * @throws the signal's reason once it fires, and YaraProcessError where the process ends or says nonsense; it has been killed then.
   */
  async scan(content: Uint8Array, variables: ExternalVariables, signal: AbortSignal): Promise<YaraMatch[]> {
    signal.throwIfAborted()
    if (!this.#alive) throw new YaraProcessError({ reason: 'it has ended before' })
    const waiting = Promise.withResolvers<YaraMatch[]>()
    this.#waiting = waiting
    const onAbort = (): void => {
      waiting.reject(signal.reason)
      void this.end()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    this.#channel.ref()
    this.#answers.ask(++this.#number)
    this.#send({ variables }, content)
    try {
      return await waiting.promise
    } finally {
      signal.removeEventListener('abort', onAbort)
      if (this.#alive) this.#channel.unref()
    }
  }

  /** Kills the process, whatever it is doing. */
  async end(): Promise<void> {
    this.#over('it was ended')
    this.#child.kill('SIGKILL')
    this.#keepsAlive(true)
    await this.#ended
  }

  #send(header: { variables?: ExternalVariables; serialized?: true }, body: Uint8Array): void {
    this.#stdin.cork()
    this.#stdin.write(frameHead({ number: this.#number, ...header }, body.length))
    this.#stdin.write(body)
    this.#stdin.uncork()
  }

  /**
   * Only while it is waited for: a program that has nothing else to do ends, and the process with it. Once it is being ended,
   * that is waited for, which takes until the last of its pipes has closed.
   */
  #keepsAlive(so: boolean): void {
    const handles = [this.#child, this.#stdin, this.#channel, this.#rules]
    for (const handle of handles) so || !this.#alive ? handle?.ref() : handle?.unref()
  }

  /** Nobody waits for it any more, once its rules are compiled and, where that was asked, have come. */
  #rest(): void {
    if (this.#isReady && !this.#rules) this.#keepsAlive(false)
  }

  #read(text: string): void {
    try {
      for (const answer of this.#answers.push(text)) this.#hear(answer)
    } catch (error) {
      this.#over((error as Error).message)
      void this.end()
    }
  }

  #hear(answer: YaraAnswer): void {
    if ('at' in answer) this.#at = answer.at
    else if ('plan' in answer) {
      this.#at = undefined
      this.#report = { plan: answer.plan, length: answer.serialized }
      this.#settlePlan()
    } else if ('ready' in answer) {
      this.#isReady = true
      this.#load.resolve(answer.ready)
      this.#rest()
    } else if ('matches' in answer) this.#waiting?.resolve(answer.matches)
    else if ('failure' in answer) this.#waiting?.reject(new YaraProcessError({ reason: answer.failure }))
    else {
      this.#over(answer.unusable)
      void this.end()
    }
  }

  #receive(piece: Buffer): void {
    this.#serialized.push(piece)
    this.#received += piece.length
    this.#settlePlan()
    if (this.#received <= MOST_SERIALIZED) return
    this.#over('its compiled rules have no end')
    void this.end()
  }

  /** Once all of the compiled rules has come. It gives out nothing more. */
  #settlePlan(): void {
    if (!this.#report || this.#received < this.#report.length) return
    const { plan, length } = this.#report
    const serialized = Buffer.concat(this.#serialized.splice(0), length)
    this.#rules?.destroy()
    this.#rules = undefined
    this.#plan.resolve({ plan, ...(length > 0 && { serialized }) })
    this.#rest()
  }

  #over(reason: string): void {
    this.#alive = false
    const error = new YaraProcessError({ reason })
    this.#plan.reject(error)
    this.#load.reject(error)
    this.#waiting?.reject(error)
  }
}
