import { examine } from '../../examiner/examine.js'
import type { AnalysisBackend } from '../../microengine/analysis-backend.js'
import { benign, malicious } from '../../microengine/finding.js'

/** One artifact in so many gets the right answer. */
const HONEST_ONE_IN = 4

/**
 * Wrong on purpose about most artifacts, so that a market of one's own has something to pay out. Which ones depends on
 * their content alone: the same artifact always gets the same answer.
 */
export function contrarianBackend(): AnalysisBackend {
  return {
    name: 'contrarian',
    versions: {},
    setup: async () => undefined,
    analyze: async ({ content, signal }) => {
      const first = Number.parseInt((await examine('sha256', content, signal)).slice(0, 2), 16)
      const confidence = (first % 100) / 100
      const honest = first % HONEST_ONE_IN === 0
      return (await examine('eicar', content, signal)) === honest
        ? malicious({ family: 'Contrarian', confidence })
        : benign({ confidence })
    },
    teardown: async () => undefined,
  }
}
