import type { AnalysisBackend } from '../../analysis/analysis-backend.js'
import { analyzeWithMembers } from '../../analysis/member-analysis.js'
import type { ShippedBackend } from '../../analysis/shipped-backend.js'
import { examine } from '../../examiner/examine.js'
import { benign, malicious } from '../../findings/finding.js'
import { eicarBackend } from '../eicar/eicar-backend.js'
import { urlBackend } from '../url/url-backend.js'

/** One artifact in so many gets the right answer. */
const HONEST_ONE_IN = 4

/**
 * Wrong on purpose about most artifacts, so that a market of one's own has something to pay out. Which ones depends on
 * their content alone: the same artifact always gets the same answer. What the `eicar` backend does not know of a file, or
 * the `url` backend of a URL, it does not know either.
 */
export function contrarianBackend(): AnalysisBackend {
  const [eicar, url] = [eicarBackend(), urlBackend()]
  return {
    name: 'contrarian',
    versions: {},
    setup: async () => undefined,
    analyze: async (request) => {
      const right = await analyzeWithMembers(request.artifactType === 'url' ? url : eicar, request)
      if (right.outcome !== 'malicious' && right.outcome !== 'benign') return right
      const first = Number.parseInt((await examine('sha256', request.content, request.signal)).slice(0, 2), 16)
      const confidence = (first % 100) / 100
      const honest = first % HONEST_ONE_IN === 0
      return (right.outcome === 'malicious') === honest
        ? malicious({ family: 'Contrarian', confidence })
        : benign({ confidence })
    },
    teardown: async () => undefined,
  }
}

/** How it is named, described and made. */
export const contrarian: ShippedBackend = {
  name: 'contrarian',
  looksWith:
    'the same as `eicar`, or `url` where it is one, and is wrong on purpose about most artifacts, for markets of your own',
  options: {},
  make: contrarianBackend,
}
