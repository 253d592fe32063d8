import type { AnalysisBackend } from '../analysis/analysis-backend.js'
import { isFailure, runBackends } from '../analysis/backend-runner.js'
import { TruthUnavailableError } from '../errors.js'
import type { TruthAnswer, TruthRequest, TruthSource } from './truth-source.js'

/** Milliseconds for one artifact, archives opened, unless told otherwise. */
const TIME_LIMIT = 30_000

/**
 * The truth by an analysis backend, archives opened where it asks for that: an arbiter must not disagree with engines that
 * look deeper. What the backend calls neither malicious nor benign is not known, such as an archive that no password opens;
 * what it fails on is asked again.
 */
export class BackendTruth implements TruthSource {
  readonly name: string
  readonly #backend: AnalysisBackend
  readonly #timeLimit: number

  /**
   * @param name what the source is called, where not like its backend.
   * @param timeLimit milliseconds for one artifact.
   */
  constructor(backend: AnalysisBackend, { name = backend.name, timeLimit = TIME_LIMIT } = {}) {
    this.name = name
    this.#backend = backend
    this.#timeLimit = timeLimit
  }

  setup(): Promise<void> {
    return this.#backend.setup()
  }

  async judge(request: TruthRequest): Promise<TruthAnswer> {
    const [answer] = await runBackends([this.#backend], request, this.#timeLimit)
    // Whoever stops the arbiter has learned nothing about the artifact.
    request.signal.throwIfAborted()
    if (!answer) return { verdict: undefined }
    const { outcome, reason, family } = answer.finding
    if (isFailure(answer.finding)) throw new TruthUnavailableError({ source: this.name, reason: reason ?? 'it failed' })
    if (outcome !== 'malicious' && outcome !== 'benign') return { verdict: undefined, reason: reason ?? outcome }
    return { verdict: outcome, reason: reason ?? family }
  }

  teardown(): Promise<void> {
    return this.#backend.teardown()
  }
}
