import { amountText } from '../amount-text.js'
import { scoreMeaning } from '../polyscore/score-meaning.js'
import { visibleText } from '../visible-text.js'
import type { ArtifactReport, ReportedEngine } from './artifact-report.js'
import { columnsOf, fitted, wrapped } from './columns.js'
import { defangedUrl } from './defanged-url.js'

/** How a report is written. */
export interface ReportTextOptions {
  /** Whether to colour it by escape sequences; not by default. */
  color?: boolean
  /** Columns of the terminal: 40 to 200, 80 by default. */
  width?: number
}

/** Engines that get a line each. */
const SHOWN = 40
const LABEL = 11

/**
 * Writes a report for people: what the artifact is in the first lines, then who said what, then why. What comes from others is
 * made visible, URLs are defanged, and no line is longer than the terminal is wide.
 *
 * @returns lines that each end with a line break.
 */
export function reportText(report: ArtifactReport, { color = false, width = 80 }: ReportTextOptions = {}): string {
  const columns = Math.max(40, Math.min(200, width))
  const paint = color ? painted : (text: string) => text
  const name = visibleText(report.artifactType === 'url' ? defangedUrl(report.name) : report.name)
  const lines = [paint(fitted(name, columns).trimEnd(), 'bold')]
  for (const [label, text, tone] of summaryOf(report)) {
    const [first = '', ...more] = wrapped(text, columns - LABEL - 2)
    lines.push(`  ${label.padEnd(LABEL)}${paint(first, tone)}`)
    for (const line of more) lines.push(`  ${' '.repeat(LABEL)}${line}`)
  }
  if (report.engines.length > 0) lines.push('', ...enginesOf(report.engines, columns, paint))
  const reasons = report.score?.reasons ?? []
  if (reasons.length > 0) lines.push('', '  Why')
  for (const sentence of [...reasons, ...report.notes]) {
    const [first = '', ...more] = wrapped(visibleText(sentence), columns - 4)
    lines.push(`  - ${first}`, ...more.map((line) => `    ${line}`))
  }
  return `${lines.join('\n')}\n`
}

type Tone = 'bold' | 'red' | 'green' | 'yellow' | 'plain'

const CODES: Record<Tone, number> = { bold: 1, red: 31, green: 32, yellow: 33, plain: 0 }

function painted(text: string, tone: Tone): string {
  return tone === 'plain' ? text : `\u001b[${CODES[tone]}m${text}\u001b[0m`
}

function toneOf(word: string | null): Tone {
  if (word === null) return 'plain'
  if (word.endsWith('malicious')) return 'red'
  return word.endsWith('benign') ? 'green' : 'yellow'
}

function summaryOf({ score, engines, family, truth, votes, cost, sha256 }: ArtifactReport): [string, string, Tone][] {
  const given = engines.filter(({ verdict }) => verdict !== null)
  const convicting = given.filter(({ verdict }) => verdict === 'malicious').length
  const lines: [string, string, Tone][] = []
  if (score) {
    const meaning = scoreMeaning(score)
    const [low, high] = score.interval.map(decimals)
    lines.push([
      'PolyScore',
      `${decimals(score.probability)} ${meaning} (${low} to ${high} with 95 % certainty)`,
      toneOf(meaning),
    ])
  } else lines.push(['PolyScore', 'none: no engine has given a verdict', 'yellow'])
  if (given.length > 0) lines.push(['Engines', `${convicting} of ${given.length} say malicious`, 'plain'])
  if (family.name !== null) {
    const counts = family.votes.slice(0, 4).map((vote) => `${vote.name} ${vote.votes}`)
    lines.push(['Family', visibleText(`${family.name} (${counts.join(', ')})`), 'plain'])
  }
  if (truth !== null) {
    const agreeing = truth === 'malicious' ? votes.malicious : votes.total - votes.malicious
    lines.push(['Truth', `${truth} (${agreeing} of ${votes.total} arbiters)`, toneOf(truth)])
  } else if (votes.total > 0) {
    lines.push(['Truth', `open (${votes.malicious} of ${votes.total} arbiters say malicious)`, 'plain'])
  }
  if (cost) {
    const { reward, fee, refund } = cost
    const back = refund > 0n ? `, ${amountText(refund)} came back` : ''
    lines.push([
      'Cost',
      `${amountText(reward + fee - refund)} NCT (reward ${amountText(reward)}, fee ${amountText(fee)}${back})`,
      'plain',
    ])
  }
  if (sha256 !== null) lines.push(['SHA-256', visibleText(sha256), 'plain'])
  return lines
}

function enginesOf(engines: readonly ReportedEngine[], columns: number, paint: (text: string, tone: Tone) => string) {
  const shown = engines.slice(0, SHOWN).map(({ name, verdict, bid, family, note }) => ({
    name: visibleText(name),
    verdict,
    bid: bid === null ? '' : cut(amountText(bid), Math.floor(columns / 4)),
    last: visibleText(family || note),
  }))
  const bidWidth = Math.max(9, ...shown.map(({ bid }) => bid.length))
  const verdictWidth = 9
  const free = columns - 2 - verdictWidth - bidWidth - 3 * 2
  const nameWidth = Math.min(Math.max(6, ...shown.map(({ name }) => columnsOf(name))), Math.floor(free * 0.6))
  const row = (name: string, verdict: string, tone: Tone, bid: string, last: string): string =>
    `  ${fitted(name, nameWidth)}  ${paint(fitted(verdict, verdictWidth), tone)}  ${bid.padStart(bidWidth)}  ${fitted(last, free - nameWidth)}`.trimEnd()
  const rest = engines.length - shown.length
  return [
    row('engine', 'verdict', 'plain', 'bid (NCT)', 'family'),
    ...shown.map(({ name, verdict, bid, last }) => row(name, verdict ?? '-', toneOf(verdict), bid, last)),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ]
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : fitted(text, columns)
}

function decimals(share: number): string {
  // Nothing is certain, and a score does not say that it is.
  return Math.min(0.999, Math.max(0.001, share)).toFixed(share < 0.01 || share > 0.99 ? 3 : 2)
}
