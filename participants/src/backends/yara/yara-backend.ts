import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { AnalysisBackend, AnalysisRequest } from '../../analysis/analysis-backend.js'
import { BackendError } from '../../errors.js'
import type { Finding } from '../../findings/finding.js'
import { externalVariables } from './external-variables.js'
import { ruleCount } from './rule-count.js'
import { readRuleDirectory, stampOf } from './rule-directory.js'
import { type LoadedRules, loadRules } from './rule-loader.js'
import { type RefusedRules, refusalText } from './rule-set.js'
import { yaraFinding } from './yara-finding.js'
import { YaraPool } from './yara-pool.js'
import type { YaraBuild } from './yara-scanner.js'

const OWN_RULES = fileURLToPath(new URL('./rules/', import.meta.resolve('@polyswarm/participants/package.json')))
const MOST_SCANNERS = 5
/** Refused files that an error names. */
const MOST_NAMED = 5

/** How the YARA backend works. */
export interface YaraBackendOptions {
  /**
   * Most processes that scan, started as they are needed; by default one more than there are processors, so that none waits for
   * work, and at most 5. Two are always ready, unless there is to be only one.
   */
  scanners?: number
  /** Which YARA-X scans; `auto` by default. */
  build?: YaraBuild | undefined
  /** Milliseconds between looks at whether the rules have changed; 2,000 by default. */
  checkEvery?: number
  /** Told how many rules are in use. */
  inform?: ((message: string) => void) | undefined
  /** Told of each file of rules that is not used, with the line and the reason, once. */
  warn?: ((message: string) => void) | undefined
}

/** Rules that are in use, and what scans with them. */
interface RulesInUse {
  pool: YaraPool
  vendor: string
  signatures: string
  texts: ReadonlyMap<string, string>
}

/**
 * Judges artifacts by a directory of YARA rules (`.yar`, `.yara`, sub-directories included), with YARA-X; see `yaraFinding` for
 * what a match means. A file of rules that cannot be used costs that file. When files change, they are read again; of one that
 * can be used no more, the rules stay that were in it before.
 *
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
  #inUse: RulesInUse | undefined
  #stamp = ''
  #said: ReadonlySet<string> = new Set()
  #checkedAt = 0
  #checking: Promise<void> | undefined

  constructor(directory: string = OWN_RULES, options: YaraBackendOptions = {}) {
    this.#directory = directory
    this.#options = options
    this.#most = options.scanners ?? Math.min(MOST_SCANNERS, availableParallelism() + 1)
  }

  get versions() {
    return { vendor: this.#inUse?.vendor ?? 'YARA-X', signatures: this.#inUse?.signatures ?? '' }
  }

  /** @throws BackendError where there is no file of rules that can be used, naming those that cannot. */
  async setup(): Promise<void> {
    if (this.#inUse) return
    this.#said = new Set()
    this.#inUse = await this.#load()
    this.#checkedAt = performance.now()
  }

  async analyze({ content, metadata, signal }: AnalysisRequest): Promise<Finding> {
    this.#lookForChanges()
    if (!this.#inUse) throw new BackendError({ backend: 'yara', reason: 'it is not set up' })
    return yaraFinding(await this.#inUse.pool.scan(content, externalVariables(metadata), signal))
  }

  async teardown(): Promise<void> {
    await this.#checking
    const { pool } = this.#inUse ?? {}
    this.#inUse = undefined
    await pool?.end()
  }

  /** Scans go on with the old rules until the new ones are compiled. */
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
    if ((await stampOf(this.#directory)) === this.#stamp) return
    const before = this.#inUse
    const now = await this.#load(before?.texts)
    this.#inUse = now
    before?.pool.retire()
  }

  /** @param before texts that were in use, by file. */
  async #load(before: ReadonlyMap<string, string> = new Map()): Promise<RulesInUse> {
    this.#stamp = await stampOf(this.#directory)
    const { sources, refused: unread } = await readRuleDirectory(this.#directory)
    const given = sources.map(({ file, text }) => {
      const former = before.get(file)
      return { file, text, former: former === text ? undefined : former }
    })
    const loaded = await loadRules(given, this.#options.build)
    const refused = [...unread, ...loaded.refused]
    const pool = new YaraPool(loaded.rules, { build: this.#options.build, most: this.#most })
    try {
      if (loaded.used.length === 0) throw this.#noRules(refused)
      const vendor = await pool.start(loaded.scanner)
      this.#tell(loaded, refused)
      const texts = new Map(loaded.used.map(({ file, text }) => [file, text]))
      return { pool, vendor, signatures: digestOf(loaded.used), texts }
    } catch (error) {
      await Promise.all([pool.end(), loaded.scanner.end()])
      throw error
    }
  }

  #noRules(refused: readonly RefusedRules[]): BackendError {
    if (refused.length === 0) {
      return new BackendError({ backend: 'yara', reason: `there are no rules in ${this.#directory}` })
    }
    const named = refused.slice(0, MOST_NAMED).map(refusalText).join('; ')
    const more = refused.length > MOST_NAMED ? `; and ${refused.length - MOST_NAMED} more` : ''
    return new BackendError({ backend: 'yara', reason: `no file of rules can be used: ${named}${more}` })
  }

  #tell({ used }: LoadedRules, refused: readonly RefusedRules[]): void {
    const { inform, warn } = this.#options
    const said = new Set(refused.map((file) => `rules are not used: ${refusalText(file)}`))
    for (const message of said) if (!this.#said.has(message)) warn?.(message)
    this.#said = said
    const rules = used.reduce((sum, { text }) => sum + ruleCount(text), 0)
    const unused = refused.filter(({ former }) => former !== true).length
    const without = unused === 0 ? '' : `, without ${counted(unused, 'file')} that cannot be used`
    inform?.(
      `${counted(rules, 'YARA rule')} of ${counted(used.length, 'file')} in use, from ${this.#directory}${without}`,
    )
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function digestOf(used: readonly { file: string; text: string }[]): string {
  const sorted = [...used].sort((a, b) => (a.file < b.file ? -1 : 1))
  const texts = sorted.map(({ file, text }) => `${file}\n${text}`).join('\n')
  return createHash('sha256').update(texts).digest('hex').slice(0, 16)
}
