import { amountText, bidOn, hasBit, verdictOfBit } from '@polyswarm/protocol'
import type { BountyRecord } from '../watch/bounty-record.js'
import { colors } from './colors.js'

/** How much room the cells of a table have: words, or a letter for each. */
export type CellStyle = 'words' | 'letters'

/** What the letters mean. */
export const LEGEND = 'M malicious, B benign, ? unrevealed; ✓ right, ✗ wrong'

const LETTERS: Record<string, string> = { malicious: 'M', benign: 'B', unrevealed: '?' }

/** How one engine fared on one artifact: verdict, bid, right or wrong; `-` where it said nothing. */
export interface VerdictCell {
  text: string
  /** null where nothing is known to be true, or it said nothing. */
  isRight: boolean | null
}

/**
 * @param truth what is true of the bounty's artifacts; null where nobody voted.
 * @param engine index of the assertion.
 */
export function verdictCell(
  record: BountyRecord,
  truth: readonly boolean[] | null,
  { engine, artifact, style }: { engine: number; artifact: number; style: CellStyle },
): VerdictCell {
  const assertion = record.assertions[engine]
  if (!assertion || !hasBit(assertion.mask, artifact)) return { text: '-', isRight: null }
  const malicious = assertion.verdicts === null ? null : hasBit(assertion.verdicts, artifact)
  const word = malicious === null ? 'unrevealed' : verdictOfBit(malicious)
  const text = `${style === 'words' ? word : LETTERS[word]} ${amountText(bidOn(assertion, artifact))}`
  const isRight = malicious === null ? false : truth === null ? null : malicious === truth[artifact]
  if (isRight === null) return { text, isRight }
  return { text: isRight ? colors.green(`${text} ✓`) : colors.red(`${text} ✗`), isRight }
}
