import type { AnalysisBackend } from '../../analysis/analysis-backend.js'
import type { ShippedBackend } from '../../analysis/shipped-backend.js'
import { examine } from '../../examiner/examine.js'
import { benign, malicious, unknown } from '../../findings/finding.js'

/** Families are compared between engines: the name that most scanners give. */
const EICAR_FAMILY = 'EICAR-Test-File'

/**
 * Knows one malware, the EICAR test file, wherever it is in an artifact or in what the artifact contains, and calls all
 * else benign, as the original did: an engine for markets in which nothing else is meant to be dangerous. On a real market
 * that would lose money. It says nothing of URLs.
 */
export function eicarBackend(): AnalysisBackend {
  return {
    name: 'eicar',
    versions: {},
    wantsMembers: true,
    setup: async () => undefined,
    analyze: async ({ content, artifactType, signal }) => {
      if (artifactType === 'url') return unknown({ reason: 'a URL is no file' })
      return (await examine('eicar', content, signal))
        ? malicious({ family: EICAR_FAMILY, confidence: 1 })
        : benign({ confidence: 0.75 })
    },
    teardown: async () => undefined,
  }
}

/** How it is named, described and made. */
export const eicar: ShippedBackend = {
  name: 'eicar',
  looksWith: 'a search for the EICAR test file, archives opened; all else is benign',
  knowsEicar: true,
  options: {},
  make: eicarBackend,
}
