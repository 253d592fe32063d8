import type { ArtifactMask, ArtifactType, Guid, MarketEvent } from '@polyswarm/protocol'
import { TrackRecord } from '@polyswarm/protocol/polyscore'
import type { AnalysisBackend, AnalysisRequest } from '../analysis/analysis-backend.js'
import { runBackends } from '../analysis/backend-runner.js'
import { combinedVersions } from '../analysis/combined-versions.js'
import { formatOf } from '../artifacts/file-format.js'
import { conclude } from '../distillation/conclude.js'
import type { DistillationPolicy } from '../distillation/policies.js'
import type { ArtifactSource } from '../download/artifact-source.js'
import type { BackendFinding } from '../findings/backend-finding.js'
import { abstain, type Finding } from '../findings/finding.js'
import type { BidRequest } from '../staking/bid-request.js'
import { bidsFor, type StakingSettings } from '../staking/bids-for.js'
import type { StakingStrategy } from '../staking/strategies.js'

/** A microengine's parts, all of which have a default. */
export interface MicroengineOptions {
  name?: string
  /** Kinds of artifacts it judges; files by default. */
  artifacts?: readonly ArtifactType[]
  /** Analysis backends; none by default: then `scan` is to be overridden. */
  backends?: readonly AnalysisBackend[]
  /** How findings become a verdict; `any` by default. */
  distillation?: DistillationPolicy
  /** How confidence becomes a bid; `default` by default. */
  strategy?: StakingStrategy
  /** What the staking engine is told besides. */
  staking?: StakingSettings
  /** Milliseconds that a backend gets for an artifact; 30,000 by default. */
  scanTimeLimit?: number
}

/** One artifact of one bounty, to be scanned. */
export interface ScanRequest extends AnalysisRequest {
  guid: Guid
  /** Which of the bounty's artifacts it is, from 0. */
  index: number
}

/** Verdicts and bids on a bounty, ready to be asserted. */
export interface VerdictRequest {
  guid: Guid
  /** One finding per artifact, in artifact order. */
  findings: readonly Finding[]
  /** Artifacts that are bid on. */
  mask: ArtifactMask
  /** Set bit: malicious. Only bits of the mask are set. */
  verdicts: ArtifactMask
  /** One bid per set bit of the mask, in artifact order, in base units. */
  bids: readonly bigint[]
}

/** Writes an assertion into the journal, from where it is sent, and later revealed and settled. */
export type AssertVerdict = (request: VerdictRequest) => Promise<void>

/**
 * A microengine: analysis backends, a verdict distillation engine and a staking engine, with glue. As it is, it works with
 * the parts it is given; each of its methods can be overridden.
 *
 * @example
 * ```ts
 * import { benign, malicious, Microengine, type ScanRequest } from '@polyswarm/participants'
 *
 * export default class ShortFiles extends Microengine {
 *   override async scan({ content }: ScanRequest) {
 *     return content.length < 100 ? malicious({ confidence: 0.6 }) : benign({ confidence: 0.6 })
 *   }
 * }
 * ```
 */
export class Microengine {
  readonly name: string
  readonly artifactTypes: readonly ArtifactType[]
  protected readonly backends: readonly AnalysisBackend[]
  protected readonly distillation: DistillationPolicy
  protected readonly strategy: StakingStrategy
  protected readonly staking: StakingSettings
  /** How right each backend was, as far as the arbiters have said. */
  protected record = new TrackRecord()
  protected readonly scanTimeLimit: number

  constructor(options: MicroengineOptions = {}) {
    this.name = options.name ?? new.target.name
    this.artifactTypes = options.artifacts ?? ['file']
    this.backends = options.backends ?? []
    this.distillation = options.distillation ?? 'any'
    this.strategy = options.strategy ?? 'default'
    this.staking = options.staking ?? {}
    this.scanTimeLimit = options.scanTimeLimit ?? 30_000
  }

  /** Before the first bounty. Throws where the engine cannot work. */
  async setup(): Promise<void> {
    for (const backend of this.backends) await backend.setup()
  }

  /**
   * Waits for what happens next on the market, and hands it on.
   *
   * @returns undefined once the engine stops.
   */
  async waitForEvent(next: () => Promise<MarketEvent | undefined>): Promise<MarketEvent | undefined> {
    return next()
  }

  /**
   * Fetches an artifact.
   *
   * @returns bytes that are those of the artifact's content address.
   * @throws ArtifactMismatchError, ArtifactTooLargeError: then the engine does not take part in the bounty.
   */
  async getArtifact(source: ArtifactSource, index: number, signal: AbortSignal): Promise<Uint8Array> {
    return source.fetch(index, signal)
  }

  /** Judges one artifact. An error counts as an abstention. */
  async scan(request: ScanRequest): Promise<Finding> {
    if (this.backends.length === 0) return abstain(`${this.name} has no backend`)
    const findings = await runBackends(this.backends, request, this.scanTimeLimit)
    return this.distill(findings, formatOf(request.content).name)
  }

  /**
   * Makes a verdict of what backends said of one artifact, wherever they ran.
   *
   * @param fileType format of the artifact, such as `pe`.
   */
  distill(findings: readonly BackendFinding[], fileType: string): Finding {
    return conclude(findings, { policy: this.distillation, record: this.record, fileType })
  }

  /** Takes note of how right each backend was: at the start, and whenever arbiters have spoken. */
  learn(record: TrackRecord): void {
    this.record = record
  }

  /**
   * Decides what to bid.
   *
   * @returns one bid for each finding, null for one that is better not bid on, or null to stay out of this bounty.
   */
  async bid(request: BidRequest): Promise<(bigint | null)[] | null> {
    return bidsFor(this.strategy, request, this.staking)
  }

  /**
   * Whether {@link bid} looks at what rivals have bid so far, which takes a request for each bounty: by default where the
   * strategy does, and where `bid` is overridden.
   */
  get looksAtRivals(): boolean {
    return this.strategy === 'growth' || this.bid !== Microengine.prototype.bid
  }

  /** Sends verdicts and bids on their way. */
  async sendVerdict(request: VerdictRequest, assert: AssertVerdict): Promise<void> {
    await assert(request)
  }

  /** After the last bounty; also after a setup that failed. */
  async teardown(): Promise<void> {
    await Promise.allSettled(this.backends.map((backend) => backend.teardown()))
  }

  /** Versions of the tools in it, for the assertion's metadata. */
  get versions(): AnalysisBackend['versions'] {
    return combinedVersions(this.backends)
  }
}
