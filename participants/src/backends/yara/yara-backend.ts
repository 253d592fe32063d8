import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BackendError } from '../../errors.js'
import type { AnalysisBackend, AnalysisRequest } from '../../microengine/analysis-backend.js'
import { benign, type Finding, malicious, suspicious } from '../../microengine/finding.js'
import { type RuleSource, type YaraBuild, type YaraMatch, YaraScanner } from './yara-scanner.js'

const OWN_RULES = fileURLToPath(new URL('../../../rules/', import.meta.url))
const MOST_SCANNERS = 5

/** How the YARA backend works. */
export interface YaraBackendOptions {
  /**
   * Most processes that scan, started as they are needed; by default one more than there are processors, so that none waits for
   * work, and at most 5.
   */
  scanners?: number
  /** Which YARA-X scans; `auto` by default. */
  build?: YaraBuild | undefined
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
 * YARA-X cannot be interrupted, and what it reads may have been made to break it, so it runs in processes of its own; one
 * that is still busy at the deadline is killed, and replaced.
 */
export class YaraBackend implements AnalysisBackend {
  readonly name = 'yara'
  readonly wantsMembers = true
  readonly #directory: string
  readonly #options: YaraBackendOptions
  /** Processes; to ask the system for each artifact takes longer than many a scan. */
  readonly #most: number
  readonly #living = new Set<YaraScanner>()
  readonly #idle: YaraScanner[] = []
  readonly #queue: ((scanner: YaraScanner) => void)[] = []
  #rules: RuleSet = { sources: [], signatures: '', stamp: '' }
  #vendor = 'YARA-X'
  #open = false
  #checkedAt = 0
  #checking: Promise<void> | undefined
  /** Files that were tried and do not compile. */
  #badStamp = ''

  constructor(directory: string = OWN_RULES, options: YaraBackendOptions = {}) {
    this.#directory = directory
    this.#options = options
    this.#most = options.scanners ?? Math.min(MOST_SCANNERS, availableParallelism() + 1)
  }

  get versions() {
    return { vendor: this.#vendor, signatures: this.#rules.signatures }
  }

  /** @throws BackendError naming each rule file that does not compile. */
  async setup(): Promise<void> {
    if (this.#open) return
    this.#rules = await readRules(this.#directory)
    this.#checkedAt = performance.now()
    const scanner = this.#scannerFor(this.#rules)
    try {
      this.#vendor = await scanner.ready
    } catch (error) {
      this.#end(scanner)
      throw error
    }
    this.#open = true
    this.#idle.push(scanner)
  }

  async analyze({ content, signal }: AnalysisRequest): Promise<Finding> {
    this.#lookForChanges()
    const scanner = await this.#take(signal)
    try {
      return findingOf(await scanner.scan(content, signal))
    } finally {
      this.#release(scanner)
    }
  }

  async teardown(): Promise<void> {
    this.#open = false
    await this.#checking
    this.#idle.length = 0
    await Promise.all([...this.#living].map((scanner) => scanner.end()))
    this.#living.clear()
  }

  #scannerFor({ sources }: RuleSet): YaraScanner {
    const scanner = new YaraScanner(sources, this.#options.build)
    this.#living.add(scanner)
    return scanner
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
    const trial = this.#scannerFor(rules)
    try {
      await trial.ready
    } catch (error) {
      this.#end(trial)
      throw error
    }
    this.#badStamp = ''
    this.#rules = rules
    // Those at work are replaced when they are done.
    for (const old of this.#idle.splice(0)) this.#end(old)
    this.#release(trial)
  }

  async #take(signal: AbortSignal): Promise<YaraScanner> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.alive) return idle
      this.#end(idle)
    }
    if (this.#living.size < this.#most) return this.#scannerFor(this.#rules)
    const { promise, resolve, reject } = Promise.withResolvers<YaraScanner>()
    const onAbort = (): void => {
      const place = this.#queue.indexOf(resolve)
      if (place >= 0) this.#queue.splice(place, 1)
      reject(signal.reason)
    }
    this.#queue.push(resolve)
    signal.addEventListener('abort', onAbort, { once: true })
    return promise.finally(() => signal.removeEventListener('abort', onAbort))
  }

  #release(scanner: YaraScanner): void {
    const fit = this.#open && scanner.alive && scanner.sources === this.#rules.sources
    if (!fit) this.#end(scanner)
    const next = this.#queue.shift()
    if (next) next(fit ? scanner : this.#scannerFor(this.#rules))
    else if (fit) this.#idle.push(scanner)
  }

  #end(scanner: YaraScanner): void {
    this.#living.delete(scanner)
    void scanner.end()
  }
}

function findingOf(matches: readonly YaraMatch[]): Finding {
  const meta = (match: YaraMatch, name: string): unknown => match.meta[name]
  const family = (match: YaraMatch): string => String(meta(match, 'family') ?? match.identifier)
  const convicting = matches.filter((match) => meta(match, 'verdict') !== 'suspicious')
  const confidence = (match: YaraMatch): number => {
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

function rulesOf(matches: readonly YaraMatch[]): string[] {
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
