import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { BackendError } from '../../errors.js'
import type { AnalysisBackend, AnalysisRequest } from '../../microengine/analysis-backend.js'
import { benign, type Finding, malicious, suspicious } from '../../microengine/finding.js'
import { type RuleSource, YaraWorker } from './yara-worker-thread.js'

const OWN_RULES = fileURLToPath(new URL('../../../rules/', import.meta.url))
const MOST_WORKERS = 4

const scanResult = z.object({
  matches: z.array(
    z.object({
      identifier: z.string(),
      metadata: z.array(z.object({ identifier: z.string(), value: z.unknown() })).default([]),
    }),
  ),
})

type Match = z.infer<typeof scanResult>['matches'][number]

/**
 * Judges artifacts by a directory of YARA rules (`.yar`, `.yara`, sub-directories included), with YARA-X. A rule may say in
 * its `meta` what a match means: `family`, `confidence` (0 to 100, 95 if not given), `verdict = "suspicious"`. No match is a
 * hint at benign, with confidence 0.75: rules know what they were written for.
 *
 * YARA-X cannot be interrupted, so it runs in threads; one that is still busy at the deadline is ended, and replaced.
 */
export class YaraBackend implements AnalysisBackend {
  readonly name = 'yara'
  readonly #directory: string
  readonly #idle: YaraWorker[] = []
  readonly #queue: ((worker: YaraWorker) => void)[] = []
  #sources: RuleSource[] = []
  #signatures = ''
  #open = false

  constructor(directory: string = OWN_RULES) {
    this.#directory = directory
  }

  get versions() {
    return { vendor: 'YARA-X 1.20.0', signatures: this.#signatures }
  }

  /** @throws BackendError naming each rule file that does not compile. */
  async setup(): Promise<void> {
    if (this.#open) return
    this.#sources = await readRules(this.#directory)
    const texts = this.#sources.map(({ file, text }) => `${file}\n${text}`).join('\n')
    this.#signatures = createHash('sha256').update(texts).digest('hex').slice(0, 16)
    const count = Math.min(MOST_WORKERS, availableParallelism())
    const workers = Array.from({ length: count }, () => new YaraWorker(this.#sources))
    this.#open = true
    this.#idle.push(...workers)
    await Promise.all(workers.map((worker) => worker.ready))
  }

  async analyze({ content, signal }: AnalysisRequest): Promise<Finding> {
    const worker = await this.#take(signal)
    try {
      const { matches } = scanResult.parse(await worker.scan(content, signal))
      return findingOf(matches)
    } finally {
      this.#release(worker.alive ? worker : new YaraWorker(this.#sources))
    }
  }

  async teardown(): Promise<void> {
    this.#open = false
    await Promise.all(this.#idle.splice(0).map((worker) => worker.end()))
  }

  async #take(signal: AbortSignal): Promise<YaraWorker> {
    const idle = this.#idle.pop()
    if (idle) return idle
    const { promise, resolve, reject } = Promise.withResolvers<YaraWorker>()
    const onAbort = (): void => {
      const place = this.#queue.indexOf(resolve)
      if (place >= 0) this.#queue.splice(place, 1)
      reject(signal.reason)
    }
    this.#queue.push(resolve)
    signal.addEventListener('abort', onAbort, { once: true })
    return promise.finally(() => signal.removeEventListener('abort', onAbort))
  }

  #release(worker: YaraWorker): void {
    if (!this.#open) {
      void worker.end()
      return
    }
    const next = this.#queue.shift()
    if (next) next(worker)
    else this.#idle.push(worker)
  }
}

function findingOf(matches: readonly Match[]): Finding {
  const meta = (match: Match, name: string): unknown =>
    match.metadata.find(({ identifier }) => identifier === name)?.value
  const family = (match: Match): string => String(meta(match, 'family') ?? match.identifier)
  const convicting = matches.filter((match) => meta(match, 'verdict') !== 'suspicious')
  const confidence = (match: Match): number => {
    const percent = Number(meta(match, 'confidence') ?? 95)
    return percent >= 0 && percent <= 100 ? percent / 100 : 0.95
  }
  const [first, ...others] = convicting
  if (first) {
    const best = others.reduce((a, b) => (confidence(b) > confidence(a) ? b : a), first)
    return malicious({ family: family(best), confidence: confidence(best), metadata: { rules: rulesOf(convicting) } })
  }
  const [suspect] = matches
  if (suspect) return suspicious({ family: family(suspect), metadata: { rules: rulesOf(matches) } })
  return benign({ confidence: 0.75 })
}

function rulesOf(matches: readonly Match[]): string[] {
  return matches.slice(0, 20).map(({ identifier }) => identifier)
}

async function readRules(directory: string): Promise<RuleSource[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((cause: Error) => {
    throw new BackendError({ backend: 'yara', reason: `rules directory ${directory}: ${cause.message}`, cause })
  })
  const files = entries
    .filter((entry) => entry.isFile() && /\.yara?$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  if (files.length === 0) throw new BackendError({ backend: 'yara', reason: `there are no rules in ${directory}` })
  return Promise.all(files.map(async (file) => ({ file, text: await readFile(file, 'utf8') })))
}
