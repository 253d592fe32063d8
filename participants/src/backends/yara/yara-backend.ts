import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
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

/** How the YARA backend works. */
export interface YaraBackendOptions {
  /** Threads that scan; the number of processors, at most 4, by default. */
  workers?: number
  /** Milliseconds between looks at whether the rules have changed; 2,000 by default. */
  checkEvery?: number
  /** Told why changed rules are not used: each file that does not compile, by name. */
  warn?: ((message: string) => void) | undefined
}

/**
 * Judges artifacts by a directory of YARA rules (`.yar`, `.yara`, sub-directories included), with YARA-X. A rule may say in
 * its `meta` what a match means: `family`, `confidence` (0 to 100, 95 if not given), `verdict = "suspicious"`. No match is a
 * hint at benign, with confidence 0.75: rules know what they were written for.
 *
 * When the files change, they are read again; as long as one of them does not compile, the rules that were in use stay.
 * YARA-X cannot be interrupted, so it runs in threads; one that is still busy at the deadline is ended, and replaced.
 */
export class YaraBackend implements AnalysisBackend {
  readonly name = 'yara'
  readonly wantsMembers = true
  readonly #directory: string
  readonly #options: YaraBackendOptions
  readonly #idle: YaraWorker[] = []
  readonly #queue: ((worker: YaraWorker) => void)[] = []
  #rules: RuleSet = { sources: [], signatures: '', stamp: '' }
  #open = false
  #checkedAt = 0
  #checking: Promise<void> | undefined
  /** Files that were tried and do not compile. */
  #badStamp = ''

  constructor(directory: string = OWN_RULES, options: YaraBackendOptions = {}) {
    this.#directory = directory
    this.#options = options
  }

  get versions() {
    return { vendor: 'YARA-X 1.20.0', signatures: this.#rules.signatures }
  }

  /** @throws BackendError naming each rule file that does not compile. */
  async setup(): Promise<void> {
    if (this.#open) return
    this.#rules = await readRules(this.#directory)
    this.#checkedAt = performance.now()
    const count = this.#options.workers ?? Math.min(MOST_WORKERS, availableParallelism())
    const workers = Array.from({ length: count }, () => new YaraWorker(this.#rules.sources))
    this.#open = true
    this.#idle.push(...workers)
    await Promise.all(workers.map((worker) => worker.ready))
  }

  async analyze({ content, signal }: AnalysisRequest): Promise<Finding> {
    this.#lookForChanges()
    const worker = await this.#take(signal)
    try {
      const { matches } = scanResult.parse(await worker.scan(content, signal))
      return findingOf(matches)
    } finally {
      const fit = worker.alive && worker.sources === this.#rules.sources
      if (!fit && worker.alive) void worker.end()
      this.#release(fit ? worker : new YaraWorker(this.#rules.sources))
    }
  }

  async teardown(): Promise<void> {
    this.#open = false
    await this.#checking
    await Promise.all(this.#idle.splice(0).map((worker) => worker.end()))
  }

  /** Scans go on with the old rules until the new ones are compiled; where those are bad, the old ones stay. */
  #lookForChanges(): void {
    const { checkEvery = 2_000, warn } = this.#options
    if (this.#checking || performance.now() < this.#checkedAt + checkEvery) return
    this.#checking = this.#reload()
      .catch((error: Error) => warn?.(`the rules were changed and are not used: ${error.message}`))
      .finally(() => {
        this.#checkedAt = performance.now()
        this.#checking = undefined
      })
  }

  async #reload(): Promise<void> {
    const stamp = await stampOf(this.#directory)
    if (stamp === this.#rules.stamp || stamp === this.#badStamp) return
    this.#badStamp = stamp
    const rules = await readRules(this.#directory)
    const trial = new YaraWorker(rules.sources)
    try {
      await trial.ready
    } catch (error) {
      await trial.end()
      throw error
    }
    this.#badStamp = ''
    this.#rules = rules
    const old = this.#idle.splice(0)
    const fresh = [trial, ...old.slice(1).map(() => new YaraWorker(rules.sources))]
    for (const worker of old) void worker.end()
    if (this.#open && old.length > 0) this.#idle.push(...fresh)
    else void trial.end()
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

/** Rules as they were read, and what their files looked like. */
interface RuleSet {
  sources: RuleSource[]
  signatures: string
  stamp: string
}

async function readRules(directory: string): Promise<RuleSet> {
  const stamp = await stampOf(directory)
  const files = await ruleFiles(directory)
  if (files.length === 0) throw new BackendError({ backend: 'yara', reason: `there are no rules in ${directory}` })
  const sources = await Promise.all(files.map(async (file) => ({ file, text: await readFile(file, 'utf8') })))
  const texts = sources.map(({ file, text }) => `${file}\n${text}`).join('\n')
  return { sources, stamp, signatures: createHash('sha256').update(texts).digest('hex').slice(0, 16) }
}

async function ruleFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((cause: Error) => {
    throw new BackendError({ backend: 'yara', reason: `rules directory ${directory}: ${cause.message}`, cause })
  })
  return entries
    .filter((entry) => entry.isFile() && /\.yara?$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** Changes whenever a file of rules comes, goes or changes. */
async function stampOf(directory: string): Promise<string> {
  const files = await ruleFiles(directory)
  const stats = await Promise.all(files.map(async (file) => ({ file, ...(await stat(file)) })))
  return stats.map(({ file, size, mtimeMs, ino }) => `${file} ${size} ${mtimeMs} ${ino}`).join('\n')
}
