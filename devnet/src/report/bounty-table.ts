import { amountText, verdictOfBit } from '@polyswarm/protocol'
import { type BountyRecord, groundTruth, settlementInput } from '../watch/bounty-record.js'
import type { AccountNames } from './account-names.js'
import { nct } from './amount-text.js'
import { colors } from './colors.js'
import { shortGuid } from './story.js'
import { plainText, tableWidth, textTable } from './text-table.js'
import { type CellStyle, LEGEND, verdictCell } from './verdict-cell.js'
import { wrappedLine } from './wrapped-line.js'

/** A bounty's accounts: what it took in and where it went, in base units. */
export interface BountyAccounts {
  reward: bigint
  bids: bigint
  fees: bigint
  paid: bigint
  /** Lost bids that nobody won, and the dust of divisions. */
  burned: bigint
}

/** How a table is laid out. */
export interface TableLayout {
  /** Columns of the terminal. */
  width: number
  /** Artifacts that are shown, those first of which something is to be said; all by default. */
  rows?: number
}

const INDENT = '  '

/** Names of artifacts get so many columns, the first number that fits. */
const NAME_WIDTHS = [40, 24, 16]

/** What a bounty that everybody has settled took in and gave out, from the chain's own events. */
export function bountyAccounts(record: BountyRecord): BountyAccounts {
  const { amount, bountyFee, assertionFee, assertions } = settlementInput(record)
  const bids = assertions.reduce((sum, assertion) => sum + sumOf(assertion.bids), 0n)
  const fees = bountyFee + assertionFee * BigInt(assertions.length)
  const paid = sumOf(record.settlements.map(({ payout }) => payout))
  return { reward: amount, bids, fees, paid, burned: amount + bids + fees - paid }
}

/**
 * The end of a bounty as a table: artifacts by engines with verdict, bid, and right or wrong; below it what each engine
 * put in and got out; and the sum, which comes out even. Engines are in the same order in every table. Where it is too wide,
 * words become letters, and then the engines are spread over several tables.
 */
export function bountyTable(
  record: BountyRecord,
  names: AccountNames,
  { width, rows = Number.POSITIVE_INFINITY }: TableLayout,
) {
  const { reward, bids, fees, paid, burned } = bountyAccounts(record)
  const others = [
    `${names.nameOf(record.author)} gets back ${nct(paidTo(record, record.author))}`,
    ...record.votes.map(({ voter }) => `${names.nameOf(voter)} earns ${nct(paidTo(record, voter))}`),
  ]
  const sums = [
    others.join(', '),
    `in:  ${amountText(reward + bids + fees)} = reward ${amountText(reward)} + bids ${amountText(bids)} + fees ${amountText(fees)}`,
    `out: ${amountText(paid + burned)} = paid ${amountText(paid)} + burned ${amountText(burned)}`,
  ]
  return [
    colors.bold(`bounty ${shortGuid(record.guid)} is over`),
    ...fittingTables(record, names, { width: width - INDENT.length, rows }).map((line) => `${INDENT}${line}`),
    ...sums.flatMap((line) => wrappedLine(`${INDENT}${line}`, width, 7)),
  ]
}

function fittingTables(record: BountyRecord, names: AccountNames, { width, rows }: Required<TableLayout>): string[] {
  const order = names.order(record.assertions.map(({ author }) => author))
  const table = (engines: readonly number[], style: CellStyle, nameWidth: number) =>
    tableRows(record, names, { engines, style, nameWidth, rows })
  for (const style of ['words', 'letters'] as const) {
    for (const nameWidth of NAME_WIDTHS) {
      const all = table(order, style, nameWidth)
      if (tableWidth(all) <= width) return withLegend(textTable(all), style)
    }
  }
  const [, , narrowest = 16] = NAME_WIDTHS
  const tables: string[][] = []
  for (let left = [...order]; left.length > 0; ) {
    let count = 1
    while (count < left.length && tableWidth(table(left.slice(0, count + 1), 'letters', narrowest)) <= width) count++
    tables.push(textTable(table(left.slice(0, count), 'letters', narrowest)))
    left = left.slice(count)
  }
  return withLegend(
    tables.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines])),
    'letters',
  )
}

function withLegend(lines: string[], style: CellStyle): string[] {
  return style === 'words' ? lines : [...lines, LEGEND]
}

interface RowsOptions {
  /** Indices of assertions, one for each column. */
  engines: readonly number[]
  style: CellStyle
  nameWidth: number
  rows: number
}

function tableRows(
  record: BountyRecord,
  names: AccountNames,
  { engines, style, nameWidth, rows }: RowsOptions,
): string[][] {
  const truth = groundTruth(record)
  const { shown, rest } = chosenArtifacts(record, truth, rows)
  const heading = ['artifact', 'truth', ...engines.map((engine) => names.nameOf(authorOf(record, engine)))]
  const artifacts = shown.map((artifact) => [
    plainText(record.artifacts[artifact]?.name ?? '', nameWidth),
    truth === null ? 'not voted' : verdictOfBit(truth[artifact] ?? false),
    ...engines.map((engine) => verdictCell(record, truth, { engine, artifact, style }).text),
  ])
  const stakes = engines.map((engine) => sumOf(record.assertions[engine]?.bids ?? []) + record.terms.assertion_fee)
  const payouts = engines.map((engine) => paidTo(record, authorOf(record, engine)))
  const balance = [
    ['bids and fee', '', ...stakes.map((stake) => `-${amountText(stake)}`)],
    ['paid', '', ...payouts.map((payout) => `+${amountText(payout)}`)],
    ['gain', '', ...payouts.map((payout, index) => gainText(payout - (stakes[index] ?? 0n)))],
  ]
  const more = rest.length > 0 ? [[`… ${rest.length} more`, restText(truth, rest)]] : []
  return [heading, ...artifacts, ...more, ...(engines.length === 0 ? [] : balance)]
}

function restText(truth: readonly boolean[] | null, rest: readonly number[]): string {
  if (truth === null) return 'not voted'
  const malicious = rest.filter((artifact) => truth[artifact]).length
  return malicious === 0 ? 'all benign' : `${malicious} malicious`
}

/** Where not all fit: those that are malicious, or that somebody got wrong, and then the others. */
function chosenArtifacts(record: BountyRecord, truth: readonly boolean[] | null, rows: number) {
  const all = record.artifacts.map((_, artifact) => artifact)
  if (all.length <= rows || truth === null) return { shown: all.slice(0, rows), rest: all.slice(rows) }
  const isRemarkable = (artifact: number) =>
    truth[artifact] ||
    record.assertions.some(
      (_, engine) => verdictCell(record, truth, { engine, artifact, style: 'letters' }).isRight === false,
    )
  const remarkable = all.filter(isRemarkable)
  const dull = all.filter((artifact) => !remarkable.includes(artifact))
  const chosen = [...remarkable, ...dull]
  return { shown: chosen.slice(0, rows).sort((a, b) => a - b), rest: chosen.slice(rows) }
}

function authorOf(record: BountyRecord, engine: number) {
  return record.assertions[engine]?.author ?? '0x'
}

function paidTo(record: BountyRecord, party: string): bigint {
  return sumOf(record.settlements.filter(({ settler }) => settler === party).map(({ payout }) => payout))
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n)
}

function gainText(gain: bigint): string {
  return gain < 0n ? colors.red(amountText(gain)) : colors.green(`+${amountText(gain)}`)
}
