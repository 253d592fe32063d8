import type { ArtifactType } from '@polyswarm/protocol'
import type { AnalysisBackend } from '../analysis/analysis-backend.js'
import { runBackends } from '../analysis/backend-runner.js'
import { formatOf } from '../artifacts/file-format.js'
import type { Finding } from '../findings/finding.js'
import type { BidRequest } from '../staking/bid-request.js'
import { Microengine, type MicroengineOptions, type ScanRequest } from './microengine.js'

/** A microengine as one function, with what else it may want. */
export interface MicroengineDefinition {
  name: string
  /** Kinds of artifacts it judges; files by default. */
  artifacts?: readonly ArtifactType[]
  /** Tool and signature versions, for the assertion's metadata. */
  versions?: { vendor?: string; signatures?: string }
  /** Whether archives, mail and other containers are opened, and `scan` is called for what is in them, too; not by default. */
  wantsMembers?: boolean
  setup?(): Promise<void>
  /** Judges one artifact, in the process that reveals: while it computes, nothing else happens there. */
  scan(request: ScanRequest): Promise<Finding> | Finding
  /** Decides what to bid, one bid per finding, null for none; null for all stays out. The market's whole range in proportion to confidence by default. */
  bid?(request: BidRequest): Promise<(bigint | null)[] | null> | (bigint | null)[] | null
  teardown?(): Promise<void>
}

/** A definition, and how to make an engine of it. */
export interface DefinedMicroengine {
  definition: MicroengineDefinition
  /** Makes an engine; options given here come before those of the definition. */
  create(options?: MicroengineOptions): Microengine
}

/**
 * Defines a microengine by what it does with one artifact.
 *
 * @example
 * ```ts
 * import { benign, defineMicroengine, malicious } from '@polyswarm/participants'
 *
 * export default defineMicroengine({
 *   name: 'my-engine',
 *   async scan({ content }) {
 *     return Buffer.from(content).includes('evil') ? malicious({ family: 'Evil' }) : benign({ confidence: 0.8 })
 *   },
 * })
 * ```
 */
export function defineMicroengine(definition: MicroengineDefinition): DefinedMicroengine {
  return { definition, create: (options = {}) => new FunctionMicroengine(definition, options) }
}

class FunctionMicroengine extends Microengine {
  readonly #definition: MicroengineDefinition
  /** The function as a backend, with all that is seen to for one: members of archives, time limits, nonsense. */
  readonly #backend: AnalysisBackend<ScanRequest>

  constructor(definition: MicroengineDefinition, options: MicroengineOptions) {
    super({ name: definition.name, ...(definition.artifacts && { artifacts: definition.artifacts }), ...options })
    this.#definition = definition
    this.#backend = {
      name: this.name,
      versions: {},
      wantsMembers: definition.wantsMembers ?? false,
      setup: async () => definition.setup?.(),
      analyze: async (request) => definition.scan(request),
      teardown: async () => definition.teardown?.(),
    }
  }

  override setup(): Promise<void> {
    return this.#backend.setup()
  }

  override async scan(request: ScanRequest): Promise<Finding> {
    const findings = await runBackends([this.#backend], request, this.scanTimeLimit)
    return this.distill(findings, formatOf(request.content).name)
  }

  override get looksAtRivals(): boolean {
    return this.strategy === 'growth' || this.#definition.bid !== undefined
  }

  override async bid(request: BidRequest): Promise<(bigint | null)[] | null> {
    return this.#definition.bid ? this.#definition.bid(request) : super.bid(request)
  }

  override teardown(): Promise<void> {
    return this.#backend.teardown()
  }

  override get versions() {
    return this.#definition.versions ?? {}
  }
}
