import type { AnalysisBackend } from '../analysis/analysis-backend.js'
import { runBackends } from '../analysis/backend-runner.js'
import { TruthUnavailableError } from '../errors.js'
import { type PanelRules, panelTruth } from './truth-panel.js'
import type { TruthAnswer, TruthRequest, TruthSource } from './truth-source.js'

/** The truth by several analysis backends that look at the same artifact; see {@link panelTruth}. */
export class PanelTruth implements TruthSource {
  readonly name = 'panel'
  readonly #backends: readonly AnalysisBackend[]
  readonly #rules: PanelRules
  readonly #timeLimit: number

  /** @param timeLimit milliseconds that each backend gets for one artifact. */
  constructor(backends: readonly AnalysisBackend[], rules: PanelRules, timeLimit: number) {
    this.#backends = backends
    this.#rules = rules
    this.#timeLimit = timeLimit
  }

  async setup(): Promise<void> {
    for (const backend of this.#backends) await backend.setup()
  }

  async judge(request: TruthRequest): Promise<TruthAnswer> {
    const findings = await runBackends(this.#backends, request, this.#timeLimit)
    request.signal.throwIfAborted()
    const { verdict, reason, failed } = panelTruth(findings, this.#rules)
    if (verdict === undefined && failed) {
      throw new TruthUnavailableError({ source: this.name, reason: reason ?? 'a backend failed' })
    }
    return { verdict, reason }
  }

  async teardown(): Promise<void> {
    await Promise.all(this.#backends.map((backend) => backend.teardown()))
  }
}
