import type { AnalysisBackend } from '../analysis/analysis-backend.js'
import { runBackends } from '../analysis/backend-runner.js'
import type { TruthSource } from './truth-source.js'

/** Milliseconds for one artifact: as much as an engine gives each backend. */
const TIME_LIMIT = 30_000

/**
 * The truth as an analysis backend sees it, containers opened as they are for an engine: so that arbiter and engines mean the
 * same by it. What the backend calls neither malicious nor benign is not known, such as an archive that no password opens.
 */
export function backendTruth(backend: AnalysisBackend): TruthSource {
  return {
    name: backend.name,
    setup: () => backend.setup(),
    judge: async (request) => {
      const [answer] = await runBackends([backend], request, TIME_LIMIT)
      // Whoever stops the arbiter has learned nothing about the artifact.
      request.signal.throwIfAborted()
      const outcome = answer?.finding.outcome
      return outcome === 'malicious' || outcome === 'benign' ? outcome : undefined
    },
    teardown: () => backend.teardown(),
  }
}
