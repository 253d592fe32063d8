import type { AnalysisBackend } from '../../analysis/analysis-backend.js'
import type { ShippedBackend } from '../../analysis/shipped-backend.js'
import { MAX_URL_BYTES, urlProblem } from '../../artifacts/url-list.js'
import { benign, type Finding, malicious, suspicious, unknown } from '../../findings/finding.js'
import { urlMarks } from './url-marks.js'

/** Marks that together make a URL malicious. */
const ENOUGH = 4

/**
 * Judges URLs by their text: what hides where it leads, asks for a password in the name of its host, or serves a file that is
 * called something else. It visits nothing. What has no mark it calls benign with little confidence: it does not know what is
 * behind it.
 */
export function urlBackend(): AnalysisBackend {
  return {
    name: 'url',
    versions: {},
    setup: async () => undefined,
    analyze: async ({ content, artifactType }) => {
      if (artifactType !== 'url') return unknown({ reason: 'it is no URL' })
      if (content.length > MAX_URL_BYTES) return suspicious({ reason: 'it is longer than any URL' })
      return findingOn(Buffer.from(content).toString())
    },
    teardown: async () => undefined,
  }
}

function findingOn(text: string): Finding {
  const problem = urlProblem(text)
  if (problem !== undefined) return suspicious({ reason: problem })
  const marks = urlMarks(text)
  const weight = marks.reduce((sum, mark) => sum + mark.weight, 0)
  const reason = marks.map(({ mark }) => mark).join('; ')
  if (weight === 0) return benign({ confidence: 0.3, reason: 'nothing in its text marks it' })
  if (weight < ENOUGH) return suspicious({ reason })
  return malicious({
    family: 'Phishing',
    confidence: Math.min(1, 0.5 + weight / 16),
    reason,
    metadata: { marks: reason },
  })
}

/** How it is named, described and made. */
export const url: ShippedBackend = {
  name: 'url',
  looksWith:
    'the text of a URL: what hides where it leads, asks for a password, or serves what is called something else; visits nothing',
  judges: 'url',
  options: {},
  make: urlBackend,
}
