import type { AnalysisBackend, AnalysisRequest } from '../../analysis/analysis-backend.js'
import { benign, type Finding, unknown } from '../../findings/finding.js'
import type { ClamdAddress } from './clamd-address.js'
import { findingOfAlert } from './clamd-alert.js'
import { ClamdClient } from './clamd-client.js'
import { ClamdFiles } from './clamd-files.js'
import { adviceOn, type ClamdSilence, probeClamd } from './clamd-probe.js'

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
  /** Told why the directory is not used, and what to change in clamd's configuration. */
  warn?: ((message: string) => void) | undefined
}

const STREAM_MAX_LENGTH = 100 * 1024 * 1024
/** Signatures change while the daemon runs. */
const VERSION_AGE = 60_000
const SETUP_TIME = 30_000
/** The smallest MaxFileSize that ClamAV came with: what is larger may be passed over by a clamd that is silent about it. */
const LEAST_MAX_FILE_SIZE = 25 * 1024 * 1024

/**
 * Has artifacts judged by a clamd. What clamd did not look at whole is never called benign: an error costs the finding, and
 * the alerts with which it says that a limit was hit or that something is encrypted are `unknown`; see `findingOfAlert`. At setup it is
 * tried whether this clamd has such alerts at all. As long as it has not, containers are opened here and their members sent
 * to it one by one, and what is larger than any clamd is sure to scan is `unknown`.
 */
export class ClamavBackend implements AnalysisBackend {
  readonly name = 'clamav'
  readonly concurrency: number
  readonly #client: ClamdClient
  readonly #files: ClamdFiles | undefined
  readonly #maxBytes: number
  #silence: ClamdSilence = { limits: false, encryption: false }
  readonly #warn: ((message: string) => void) | undefined
  #version = ''
  #versionAt = 0

  /** @throws InvalidOptionError for a directory with a clamd on another machine. */
  constructor({ address, maxBytes = STREAM_MAX_LENGTH, concurrency = 8, directory, warn }: ClamavBackendOptions) {
    this.#client = new ClamdClient({ address })
    this.#files = directory === undefined ? undefined : new ClamdFiles({ address, directory, warn })
    this.#maxBytes = maxBytes
    this.#warn = warn
    this.concurrency = concurrency
  }

  /** Whether clamd says nothing of what it does not look at. */
  get wantsMembers(): boolean {
    return this.#silence.limits || this.#silence.encryption
  }

  get versions() {
    const [vendor = '', ...signatures] = this.#version.split('/')
    return { vendor, signatures: signatures.join('/') }
  }

  /** @throws ClamdError where no clamd answers; InvalidOptionError where the directory cannot be written to. */
  async setup(): Promise<void> {
    await this.#client.ping()
    await this.#learnVersion()
    this.#silence = await probeClamd(this.#client, AbortSignal.timeout(SETUP_TIME))
    const advice = adviceOn(this.#silence)
    if (advice !== undefined) this.#warn?.(advice)
    await this.#files?.setup(AbortSignal.timeout(SETUP_TIME))
  }

  async analyze({ content, signal }: AnalysisRequest): Promise<Finding> {
    if (content.length > this.#maxBytes) {
      return unknown({
        unseen: 'limit',
        reason: `${content.length} bytes are more than the ${this.#maxBytes} that clamd takes`,
      })
    }
    if (this.#silence.limits && content.length > LEAST_MAX_FILE_SIZE) {
      return unknown({
        unseen: 'limit',
        reason: `${content.length} bytes may be more than clamd scans: it has no AlertExceedsMax`,
      })
    }
    // Nothing depends on it: the version goes into the metadata only.
    if (performance.now() > this.#versionAt + VERSION_AGE) await this.#learnVersion().catch(() => undefined)
    const { found } = (await this.#files?.scan(content, signal)) ?? (await this.#client.scan(content, signal))
    return found === null ? benign({ confidence: 0.8 }) : findingOfAlert(found)
  }

  async teardown(): Promise<void> {
    await this.#files?.teardown()
  }

  async #learnVersion(): Promise<void> {
    this.#versionAt = performance.now()
    this.#version = await this.#client.version()
  }
}
