import type { Finding } from '../findings/finding.js'
import type { RivalBids } from '../runtime/journal/finding-history.js'
import type { BidRange } from './strategies.js'

/** All that a bid should depend on. Amounts in base units. */
export interface GrowthSituation {
  /** Verdicts that can be bid on. */
  findings: readonly Finding[]
  range: BidRange
  /** The bounty's reward for one artifact. */
  reward: bigint
  /** What rivals have bid on each artifact so far. */
  rivalBids: readonly bigint[]
  /** What rivals bid on artifacts of past bounties, and which part of it was right. */
  history: readonly RivalBids[]
  /** Fee of the assertion, paid whatever its outcome. */
  assertionFee: bigint
  /** What the transactions of an assertion cost, in Nectar's base units; 0 where gas is free. */
  gasCost: bigint
  /** What is free to be spent. */
  available: bigint
  /** Share of the bid of fastest growth that is made, 0 to 1: less than 1 is slower, and steadier. */
  kellyFraction: number
}

/** Nobody is ever more sure than this: what a backend calls certain is right 49 times out of 50 at best. */
const SUREST = 0.98
const PAST_CASES = 48
const STEPS = 30
const PARTS = 1_000_000

/** What rivals did on one artifact, in NCT-like floating point: only the size of a bid is decided with it. */
interface Case {
  right: number
  wrong: number
}

/**
 * Bids that make the expected logarithm of the balance grow fastest, under the market's rule: who is right gets the bid
 * back, and shares the reward and the bids of the wrong in proportion to the bids of the right; who is wrong loses the bid.
 * What rivals will bid is taken from past bounties, at least what they have bid on this one already.
 *
 * @returns one bid for each finding, null where no bid is better than one; and null for all where together they are not
 * expected to earn the fee and the gas.
 */
export function growthBids(situation: GrowthSituation): (bigint | null)[] | null {
  const { findings, range, assertionFee, gasCost, rivalBids } = situation
  const money = Number(situation.available - assertionFee - gasCost)
  if (money <= 0) return null
  let budget = money
  let expected = -Number(assertionFee + gasCost)
  const bids = findings.map((finding, index): bigint | null => {
    const right = probabilityRight(finding)
    const cases = casesOf(situation, Number(rivalBids[index] ?? 0n))
    const market = {
      low: Number(range.minimum),
      high: Math.min(Number(range.maximum), budget * 0.5),
      reward: Number(situation.reward),
    }
    if (market.high < market.low) return null
    const best = fastestGrowth(right, cases, market, money) * situation.kellyFraction
    const bid = Math.max(best, market.low)
    if (growth(right, cases, market.reward, money, bid) <= 0) return null
    budget -= bid
    expected += gainOf(right, cases, market.reward, bid)
    return baseUnitsOf(bid, range)
  })
  return expected > 0 && bids.some((bid) => bid !== null) ? bids : null
}

/** The probability that a verdict is right, as the distillation engine puts it; else from the confidence alone. */
function probabilityRight({ outcome, confidence, probability }: Finding): number {
  const malicious = probability ?? (outcome === 'malicious' ? 0.5 + confidence / 2 : 0.5 - confidence / 2)
  return Math.min(SUREST, outcome === 'malicious' ? malicious : 1 - malicious)
}

function casesOf({ history, range }: GrowthSituation, bidSoFar: number): Case[] {
  const middle = Number(range.minimum + range.maximum) / 2
  // A market of which nothing is known yet: one rival who knows as much as we do, and a little of another who does not.
  const assumed: Case[] = [
    { right: middle, wrong: 0 },
    { right: middle, wrong: middle / 4 },
  ]
  const step = Math.max(1, Math.floor(history.length / PAST_CASES))
  const seen = history
    .filter((_, index) => index % step === 0)
    .map(({ right, wrong }) => ({ right: Number(right), wrong: Number(wrong) }))
  const cases = seen.length >= 4 ? seen : [...seen, ...assumed]
  return cases.map(({ right, wrong }) => {
    const total = right + wrong
    if (total >= bidSoFar) return { right, wrong }
    const share = total === 0 ? 1 : right / total
    return { right: bidSoFar * share, wrong: bidSoFar * (1 - share) }
  })
}

/** What a right bid earns on top of itself. */
function profitOf({ right, wrong }: Case, reward: number, bid: number): number {
  return (bid * (wrong + reward)) / (right + bid)
}

function gainOf(probability: number, cases: readonly Case[], reward: number, bid: number): number {
  const profit = cases.reduce((sum, each) => sum + profitOf(each, reward, bid), 0) / cases.length
  return probability * profit - (1 - probability) * bid
}

/** Expected growth of the logarithm of the money. */
function growth(probability: number, cases: readonly Case[], reward: number, money: number, bid: number): number {
  const won = cases.reduce((sum, each) => sum + Math.log1p(profitOf(each, reward, bid) / money), 0) / cases.length
  return probability * won + (1 - probability) * Math.log1p(-Math.min(bid / money, 0.999_999))
}

/** Growth is concave in the bid: its top is found by thirds. */
function fastestGrowth(
  probability: number,
  cases: readonly Case[],
  { low, high, reward }: { low: number; high: number; reward: number },
  money: number,
): number {
  let [from, to] = [low, high]
  for (let step = 0; step < STEPS; step++) {
    const third = (to - from) / 3
    const less = growth(probability, cases, reward, money, from + third)
    const more = growth(probability, cases, reward, money, to - third)
    if (less < more) from += third
    else to -= third
  }
  return (from + to) / 2
}

/** A place in the market's range, in millionths of it, so that what is bid are whole base units within the range. */
function baseUnitsOf(bid: number, { minimum, maximum }: BidRange): bigint {
  const width = Number(maximum - minimum)
  const share = width === 0 ? 0 : Math.min(1, Math.max(0, (bid - Number(minimum)) / width))
  return minimum + ((maximum - minimum) * BigInt(Math.round(share * PARTS))) / BigInt(PARTS)
}
