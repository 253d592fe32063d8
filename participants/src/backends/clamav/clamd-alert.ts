import { type Finding, malicious, suspicious, unknown } from '../../findings/finding.js'
import type { Unseen } from '../../findings/unseen.js'

/** An alert that says what clamd did not look at. */
interface Gap {
  pattern: RegExp
  unseen: Unseen
  /** Where the name comes from, and what has clamd say it. */
  source: string
}

/**
 * The names of alerts with which clamd says that it did not look at everything. Those of ClamAV 1.4 are all that its
 * libclamav has under `Heuristics.Limits` and `Heuristics.Encrypted`; the others are of older versions, which still run.
 */
const GAPS: readonly Gap[] = [
  {
    pattern: /^Heuristics\.Limits\.Exceeded(?:\.|$)/,
    unseen: 'limit',
    source: 'AlertExceedsMax, since 0.101: MaxFileSize, MaxScanSize, MaxFiles, MaxRecursion, MaxScanTime, Email…',
  },
  {
    pattern: /^Heuristics\.Encrypted\./,
    unseen: 'encrypted',
    source: 'AlertEncrypted, AlertEncryptedArchive, AlertEncryptedDoc, since 0.101: 7Zip, EGG, PDF, RAR, Zip',
  },
  {
    pattern: /^Heuristics\.XZ\.DicSizeLimit$/,
    unseen: 'limit',
    source: 'always, until 1.4: a dictionary too large to be had',
  },
  { pattern: /^Encrypted\./, unseen: 'encrypted', source: 'ArchiveBlockEncrypted, until 0.100: Zip, RAR, PDF' },
  { pattern: /^Oversized\./, unseen: 'limit', source: 'ArchiveMaxCompressionRatio, until 0.95: Zip, RAR, GZip' },
  {
    pattern: /(?:^|\.)Exceeded(?:FileSize|FilesLimit|RecursionLimit)$/,
    unseen: 'limit',
    source: 'ArchiveBlockMax, until 0.95: Zip, RAR, GZip, BZip, Archive',
  },
  { pattern: /^\(null\)$/, unseen: 'broken', source: 'an alert without a name, after an error inside of clamd' },
]

/** What the name of an alert means. A trailing `.UNOFFICIAL` only says that the signature is not from ClamAV. */
export function findingOfAlert(alert: string): Finding {
  const family = alert.replace(/\.UNOFFICIAL$/, '')
  const gap = GAPS.find(({ pattern }) => pattern.test(family))
  if (gap) return unknown({ unseen: gap.unseen, reason: `clamd did not look at all of it: ${family}` })
  if (/^(PUA|Heuristics\.Broken)\./.test(family)) return suspicious({ family })
  if (family.startsWith('Heuristics.')) return malicious({ family, confidence: 0.7, metadata: { heuristic: true } })
  return malicious({ family, confidence: 0.99 })
}
