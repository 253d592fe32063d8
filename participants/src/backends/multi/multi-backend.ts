import type { AnalysisBackend, AnalysisRequest } from '../../analysis/analysis-backend.js'
import { runBackends } from '../../analysis/backend-runner.js'
import { combinedVersions } from '../../analysis/combined-versions.js'
import { type DistillationPolicy, distill } from '../../distillation/policies.js'
import type { Finding } from '../../findings/finding.js'

/** Longest time that a timer can wait; the request's signal is what ends a scan. */
const NO_LIMIT = 2 ** 31 - 1

/**
 * Several backends that answer as one: all look at the artifact at the same time, a policy makes one finding of theirs. One
 * that cannot be set up fails the whole; one that fails on an artifact costs its own finding.
 */
export class MultiBackend implements AnalysisBackend {
  readonly name: string
  readonly #backends: readonly AnalysisBackend[]
  readonly #policy: Exclude<DistillationPolicy, 'bayesian'>

  constructor(
    backends: readonly AnalysisBackend[],
    policy: Exclude<DistillationPolicy, 'bayesian'> = 'any',
    name = 'multi',
  ) {
    this.#backends = backends
    this.#policy = policy
    this.name = name
  }

  get versions() {
    return combinedVersions(this.#backends)
  }

  async setup(): Promise<void> {
    for (const backend of this.#backends) await backend.setup()
  }

  async analyze(request: AnalysisRequest): Promise<Finding> {
    return distill(await runBackends(this.#backends, request, NO_LIMIT), this.#policy)
  }

  async teardown(): Promise<void> {
    await Promise.allSettled(this.#backends.map((backend) => backend.teardown()))
  }
}
