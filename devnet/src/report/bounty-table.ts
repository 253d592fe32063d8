import { formatNct, verdictOfBit } from '@polyswarm/protocol'
import { type BountyRecord, groundTruth, settlementInput } from '../watch/bounty-record.js'
import type { Cast } from './cast.js'
import { colors } from './colors.js'
import { cellText, nct, shortAmount, shortGuid } from './story.js'
import { plainText, textTable } from './text-table.js'

/** A bounty's accounts: what it took in and where it went, in base units. */
export interface BountyAccounts {
  reward: bigint
  bids: bigint
  fees: bigint
  paid: bigint
  /** Lost bids that nobody won, and the dust of divisions. */
  burned: bigint
}

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
 * put in and got out; and the sum, which comes out even.
 */
export function bountyTable(record: BountyRecord, cast: Cast): string[] {
  const engines = record.assertions.map(({ author }) => cast.nameOf(author))
  const truth = groundTruth(record)
  const rows = record.artifacts.map(({ name }, artifact) => [
    plainText(name),
    truth === null ? 'not voted' : verdictOfBit(truth[artifact] ?? false),
    ...engines.map((_, engine) => colored(cellText(record, engine, artifact))),
  ])
  const stakes = record.assertions.map(({ bids }) => sumOf(bids) + record.terms.assertion_fee)
  const payouts = record.assertions.map(({ author }) => paidTo(record, author))
  const balance = [
    ['bids and fee', '', ...stakes.map((stake) => `-${shortAmount(stake)}`)],
    ['paid', '', ...payouts.map((payout) => `+${shortAmount(payout)}`)],
    ['gain', '', ...payouts.map((payout, index) => gainText(payout - (stakes[index] ?? 0n)))],
  ]
  const { reward, bids, fees, paid, burned } = bountyAccounts(record)
  const others = [
    `${cast.nameOf(record.author)} gets back ${nct(paidTo(record, record.author))}`,
    ...record.votes.map(({ voter }) => `${cast.nameOf(voter)} earns ${nct(paidTo(record, voter))}`),
  ]
  const table = engines.length === 0 ? rows : [...rows, ...balance]
  return [
    colors.bold(`bounty ${shortGuid(record.guid)} is over`),
    ...textTable([['artifact', 'truth', ...engines], ...table]).map((line) => `  ${line}`),
    `  ${others.join(', ')}`,
    `  in:  ${formatNct(reward + bids + fees)} = reward ${formatNct(reward)} + bids ${formatNct(bids)} + fees ${formatNct(fees)}`,
    `  out: ${formatNct(paid + burned)} = paid ${formatNct(paid)} + burned ${formatNct(burned)}`,
  ]
}

function paidTo(record: BountyRecord, party: string): bigint {
  return sumOf(record.settlements.filter(({ settler }) => settler === party).map(({ payout }) => payout))
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n)
}

function gainText(gain: bigint): string {
  return gain < 0n ? colors.red(shortAmount(gain)) : colors.green(`+${shortAmount(gain)}`)
}

function colored(cell: string): string {
  if (cell.endsWith('✓')) return colors.green(cell)
  return cell.endsWith('✗') ? colors.red(cell) : cell
}
