import type { AnalysisBackend } from '../../analysis/analysis-backend.js'
import type { ShippedBackend } from '../../analysis/shipped-backend.js'
import { formatOf } from '../../artifacts/file-format.js'
import { examine } from '../../examiner/examine.js'
import { suspicious, unknown } from '../../findings/finding.js'

/** Machine code is rarely above 6.8 bits a byte; packers bring it close to 8. */
const PACKED = 7.2
/** Entropy of a few bytes says nothing. */
const ENOUGH_BYTES = 1_024

/**
 * Tells what kind of file an artifact is and how random its bytes are, for the metadata and for other backends' company. It
 * never says malicious or benign, and so never bets: a program that looks packed is suspicious, all else is unknown.
 */
export function entropyBackend(): AnalysisBackend {
  return {
    name: 'entropy',
    versions: {},
    setup: async () => undefined,
    analyze: async ({ content, signal }) => {
      const { name, mimetype, executable } = formatOf(content)
      const entropy = Math.round((await examine('entropy', content, signal)) * 1_000) / 1_000
      const metadata = { format: name, mimetype, entropy }
      if (executable && entropy > PACKED && content.length >= ENOUGH_BYTES) {
        return suspicious({ family: 'Packed', reason: `a program of ${entropy} bits a byte`, metadata })
      }
      return unknown({ reason: `${name}, ${entropy} bits a byte`, metadata })
    },
    teardown: async () => undefined,
  }
}

/** How it is named, described and made. */
export const entropy: ShippedBackend = {
  name: 'entropy',
  looksWith: 'format and entropy: tells what kind of file it is, never bets',
  options: {},
  make: entropyBackend,
}
