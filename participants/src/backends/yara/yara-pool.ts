import type { ExternalVariables } from './external-variables.js'
import type { ReadyRules } from './rule-set.js'
import type { YaraMatch } from './yara-answers.js'
import { type YaraBuild, YaraScanner } from './yara-scanner.js'

/** Processes that are kept ready, one for the artifact that ends the other. */
const SPARE = 2

/**
 * The processes that scan with one set of rules. They compile when nobody waits for them: an artifact goes to the first one
 * that is ready and free. One that was killed is replaced.
 */
export class YaraPool {
  readonly #rules: ReadyRules
  readonly #build: YaraBuild | undefined
  readonly #most: number
  readonly #living = new Set<YaraScanner>()
  readonly #idle: YaraScanner[] = []
  readonly #queue: PromiseWithResolvers<YaraScanner>[] = []
  #starting = 0
  #open = true

  /** @param most processes, at the most. */
  constructor(rules: ReadyRules, { build, most }: { build: YaraBuild | undefined; most: number }) {
    this.#rules = rules
    this.#build = build
    this.#most = Math.max(1, most)
  }

  /**
   * Takes in a process that was given the rules already, and waits for it, and for the one that is kept ready beside it.
   *
   * @returns the version of YARA-X.
   * @throws YaraProcessError where the rules end the process that compiles them.
   */
  async start(first: YaraScanner): Promise<string> {
    this.#adopt(first)
    const spare = this.#most >= SPARE ? this.#adopt(this.#newScanner()) : undefined
    const vendor = await first.ready
    // It is missed, and tried again, if there is no room for it now.
    await spare?.ready.catch(() => undefined)
    return vendor
  }

  /**
   * Scans an artifact with the first process that is free.
   *
   * @throws the signal's reason once it fires; YaraProcessError where there is no process, or it ends.
   */
  async scan(content: Uint8Array, variables: ExternalVariables, signal: AbortSignal): Promise<YaraMatch[]> {
    const scanner = await this.#take(signal)
    try {
      return await scanner.scan(content, variables, signal)
    } finally {
      this.#release(scanner)
    }
  }

  /** Lets those that are at work finish, and ends them then; the others at once. */
  retire(): void {
    this.#open = false
    for (const scanner of this.#idle.splice(0)) this.#end(scanner)
  }

  /** Ends all processes. */
  async end(): Promise<void> {
    const living = [...this.#living]
    this.retire()
    await Promise.all(living.map((scanner) => scanner.end()))
    this.#living.clear()
  }

  #newScanner(): YaraScanner {
    return new YaraScanner(this.#rules, this.#build)
  }

  #adopt(scanner: YaraScanner): YaraScanner {
    this.#living.add(scanner)
    this.#starting++
    scanner.ready.then(
      () => {
        this.#starting--
        this.#release(scanner)
      },
      (error: Error) => {
        this.#starting--
        this.#failed(scanner, error)
      },
    )
    return scanner
  }

  /** One at a time: those that compile take the processor from those that scan. */
  #grow(): void {
    if (!this.#open || this.#starting > 0) return
    const wanted = this.#queue.length > 0 ? this.#most : Math.min(SPARE, this.#most)
    if (this.#living.size < wanted) this.#adopt(this.#newScanner())
  }

  /** Where nobody else is left, those that wait hear why. It is tried again for the next artifact, and not before. */
  #failed(scanner: YaraScanner, error: Error): void {
    this.#end(scanner)
    if (this.#living.size > 0) return
    for (const waiting of this.#queue.splice(0)) waiting.reject(error)
  }

  async #take(signal: AbortSignal): Promise<YaraScanner> {
    signal.throwIfAborted()
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.alive) return idle
      this.#end(idle)
    }
    const waiting = Promise.withResolvers<YaraScanner>()
    const onAbort = (): void => {
      const place = this.#queue.indexOf(waiting)
      if (place >= 0) this.#queue.splice(place, 1)
      waiting.reject(signal.reason)
    }
    this.#queue.push(waiting)
    this.#grow()
    signal.addEventListener('abort', onAbort, { once: true })
    return waiting.promise.finally(() => signal.removeEventListener('abort', onAbort))
  }

  #release(scanner: YaraScanner): void {
    const next = scanner.alive ? this.#queue.shift() : undefined
    if (next) next.resolve(scanner)
    else if (scanner.alive && this.#open) this.#idle.push(scanner)
    else this.#end(scanner)
    this.#grow()
  }

  #end(scanner: YaraScanner): void {
    this.#living.delete(scanner)
    void scanner.end()
  }
}
