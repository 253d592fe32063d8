import type { AnalysisBackend } from '../../analysis/analysis-backend.js'
import type { ShippedBackend } from '../../analysis/shipped-backend.js'
import { abstain } from '../../findings/finding.js'

/** The engine to begin with: it looks at everything and has no opinion on anything. */
export function scratchBackend(): AnalysisBackend {
  return {
    name: 'scratch',
    versions: {},
    setup: async () => undefined,
    analyze: async () => abstain('scratch has no opinion'),
    teardown: async () => undefined,
  }
}

/** How it is named, described and made. */
export const scratch: ShippedBackend = {
  name: 'scratch',
  looksWith: 'nothing, abstains',
  options: {},
  make: scratchBackend,
}
