import { Worker } from 'node:worker_threads'
import { BackendError } from '../../errors.js'

/** A file of YARA rules. */
export interface RuleSource {
  file: string
  text: string
}

type Answer = { ready: true } | { problems: string[] } | { result: unknown } | { failure: string }

/** Bytes of memory that a thread may take for its own objects; the rules and the artifact come on top. */
const HEAP_MEGABYTES = 256

/** The worker has the same extension as this file: sources run as they are, too. */
const SCRIPT = new URL(`./yara-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

/** A thread that scans one artifact at a time. */
export class YaraWorker {
  /** Fulfilled when the rules are compiled; rejected with BackendError where they do not compile. */
  readonly ready: Promise<void>
  /** The rules it scans with. */
  readonly sources: readonly RuleSource[]
  readonly #worker: Worker
  #alive = true

  constructor(sources: readonly RuleSource[]) {
    this.sources = sources
    this.#worker = new Worker(SCRIPT, {
      workerData: { sources },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
    })
    for (const end of ['exit', 'error']) {
      this.#worker.on(end, () => {
        this.#alive = false
      })
    }
    this.#worker.unref()
    this.ready = this.#answer().then((answer) => {
      if ('problems' in answer) throw new BackendError({ backend: 'yara', reason: answer.problems.join('; ') })
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
   * @returns what YARA-X says.
   * @throws the signal's reason once it fires; the thread has ended then.
   */
  async scan(content: Uint8Array, signal: AbortSignal): Promise<unknown> {
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const onAbort = (): void => {
      void this.end()
      reject(signal.reason)
    }
    signal.throwIfAborted()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await Promise.race([this.ready, aborted])
      const answer = this.#answer()
      answer.catch(() => undefined)
      this.#worker.postMessage({ content })
      const said = await Promise.race([answer, aborted])
      if ('result' in said) return said.result
      throw new Error('failure' in said ? said.failure : 'the thread gave no result')
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Ends the thread, whatever it is doing. */
  async end(): Promise<void> {
    this.#alive = false
    await this.#worker.terminate()
  }

  #answer(): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const onExit = (): void => {
      this.#alive = false
      reject(new Error('the thread has ended'))
    }
    this.#worker.once('message', resolve)
    this.#worker.once('error', reject)
    this.#worker.once('exit', onExit)
    return promise.finally(() => {
      this.#worker.off('message', resolve)
      this.#worker.off('error', reject)
      this.#worker.off('exit', onExit)
    })
  }
}
