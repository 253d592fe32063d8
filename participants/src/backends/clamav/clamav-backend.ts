import type { AnalysisBackend, AnalysisRequest } from '../../microengine/analysis-backend.js'
import { benign, type Finding, malicious, suspicious, unknown } from '../../microengine/finding.js'
import type { ClamdAddress } from './clamd-address.js'
import { ClamdClient } from './clamd-client.js'
import { ClamdFiles } from './clamd-files.js'

/** How the ClamAV backend works. */
export interface ClamavBackendOptions {
  address: ClamdAddress
  /** Largest content that is sent, in bytes: clamd's StreamMaxLength, 100 MiB unless configured. */
  maxBytes?: number
  /** Contents scanned at the same time, not more than clamd's MaxThreads; 8 by default. */
  concurrency?: number
  /**
   * A directory that this program can write to and clamd can read from, best on a tmpfs: artifacts are scanned as files there.
   * Without it, and where clamd does not get at them, they are sent to clamd.
   */
  directory?: string | undefined
  /** Told once why the directory is not used. */
  warn?: ((message: string) => void) | undefined
}

const STREAM_MAX_LENGTH = 100 * 1024 * 1024
/** Signatures change while the daemon runs. */
const VERSION_AGE = 60_000
const SETUP_TIME = 30_000

/**
 * Has artifacts judged by a clamd. What clamd did not look at whole is never called benign: an error costs the finding, and
 * the alerts with which it says that a limit was hit or that something is encrypted are `unknown`. Configure clamd with
 * `AlertExceedsMax yes`, or it keeps silent about its limits.
 */
export class ClamavBackend implements AnalysisBackend {
  readonly name = 'clamav'
  readonly concurrency: number
  readonly #client: ClamdClient
  readonly #files: ClamdFiles | undefined
  readonly #maxBytes: number
  #version = ''
  #versionAt = 0

  /** @throws InvalidOptionError for a directory with a clamd on another machine. */
  constructor({ address, maxBytes = STREAM_MAX_LENGTH, concurrency = 8, directory, warn }: ClamavBackendOptions) {
    this.#client = new ClamdClient({ address })
    this.#files = directory === undefined ? undefined : new ClamdFiles({ address, directory, warn })
    this.#maxBytes = maxBytes
    this.concurrency = concurrency
  }

  get versions() {
    const [vendor = '', ...signatures] = this.#version.split('/')
    return { vendor, signatures: signatures.join('/') }
  }

  /** @throws ClamdError where no clamd answers; InvalidOptionError where the directory cannot be written to. */
  async setup(): Promise<void> {
    await this.#client.ping()
    await this.#learnVersion()
    await this.#files?.setup(AbortSignal.timeout(SETUP_TIME))
  }

  async analyze({ content, signal }: AnalysisRequest): Promise<Finding> {
    if (content.length > this.#maxBytes) {
      return unknown({
        unseen: 'limit',
        reason: `${content.length} bytes are more than the ${this.#maxBytes} that clamd takes`,
      })
    }
    // Nothing depends on it: the version goes into the metadata only.
    if (performance.now() > this.#versionAt + VERSION_AGE) await this.#learnVersion().catch(() => undefined)
    const { found } = (await this.#files?.scan(content, signal)) ?? (await this.#client.scan(content, signal))
    return found === null ? benign({ confidence: 0.8 }) : findingOf(found)
  }

  async teardown(): Promise<void> {
    await this.#files?.teardown()
  }

  async #learnVersion(): Promise<void> {
    this.#versionAt = performance.now()
    this.#version = await this.#client.version()
  }
}

/** What the name of an alert means. A trailing `.UNOFFICIAL` only says that the signature is not from ClamAV. */
function findingOf(alert: string): Finding {
  const family = alert.replace(/\.UNOFFICIAL$/, '')
  if (/^Heuristics\.(Limits|Encrypted)\./.test(family)) {
    const unseen = family.startsWith('Heuristics.Limits.') ? 'limit' : 'encrypted'
    return unknown({ unseen, reason: `clamd did not look at all of it: ${family}` })
  }
  if (/^(PUA|Heuristics\.Broken)\./.test(family)) return suspicious({ family })
  if (family.startsWith('Heuristics.')) return malicious({ family, confidence: 0.7, metadata: { heuristic: true } })
  return malicious({ family, confidence: 0.99 })
}
