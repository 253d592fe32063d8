import { added, atMost, type Beta, sizeOf } from './beta.js'
import { weighed } from './likeness.js'

/** From what shares those of judges are drawn, on artifacts of one truth, as far as their records tell. */
export interface Population {
  /** With what probability a share is each of those of the grid. */
  weights: readonly number[]
  /** Cases that the rest of a judge's record counts for beside the part of one kind of file. */
  likeness: number
}

/** Shares that are weighed: evenly spaced as log-odds, from 0.02 to 0.999. */
const SHARES = Array.from({ length: 56 }, (_, at) => 1 / (1 + Math.exp(4 - at / 5)))
const LOGS = SHARES.map((share) => Math.log(share))
const LOGS_AGAINST = SHARES.map((share) => Math.log(1 - share))
/** Cases that the rest of a record may count for: from "each kind is its own" to "all kinds are alike". */
const CANDIDATES = [1, 3, 6, 12, 30, 100, 300, 1000]
/** Records that say what is expected, beside those that there are. */
const DOUBT = 2
const ROUNDS = 12
/** Parts of records that are learned from, those of the most cases. */
const MAX_PARTS = 128

/** What one judge answered on one kind of file, and on all others. */
interface Part {
  own: Beta
  others: Beta
}

/**
 * Learns from what shares those of judges are drawn: whether all are much alike, or differ, or fall into some that are good at a
 * kind of file and some that are not. No form is taken for granted (nonparametric maximum likelihood, Kiefer and Wolfowitz, 1956,
 * by expectation maximization, begun with what is expected and soon over).
 *
 * @param records right and wrong answers of each judge, by kind of file.
 * @param expected what is taken for probable before anything is known.
 * @param assumed cases that the rest of a record is assumed to count for beside a part of it.
 */
export function learnPopulation(records: readonly (readonly Beta[])[], expected: Beta, assumed: number): Population {
  const parts = records
    .flatMap(partsOf)
    .filter(({ own }) => sizeOf(own) > 0)
    .sort((a, b) => sizeOf(b.own) - sizeOf(a.own))
    .slice(0, MAX_PARTS)
    .map((part) => ({ ...part, likelihood: likelihoodOf(part.own) }))
  const start = densityOf(expected)
  const likeness = weighed(CANDIDATES, assumed, (cases) => fit(parts, start, cases).explained)
  return { likeness, weights: fit(parts, start, likeness).weights }
}

/** How probable each share of the grid is, where so much is known of it. */
function densityOf(beta: Beta): number[] {
  const likelihood = likelihoodOf(beta)
  const total = likelihood.reduce((sum, each) => sum + each, 0)
  return likelihood.map((each) => each / total)
}

/** What is known of a share after so many cases: as a Beta distribution of the same mean and variance. */
export function shareAfter(weights: readonly number[], seen: Beta): Beta {
  const highest = logOfMost(seen)
  let [total, first, second] = [0, 0, 0]
  // Each answer of an artifact asks for this: a loop, and nothing that is made and thrown away.
  for (let at = 0; at < SHARES.length; at++) {
    const share = SHARES[at] ?? 0
    const log = seen.for * (LOGS[at] ?? 0) + seen.against * (LOGS_AGAINST[at] ?? 0)
    const weight = (weights[at] ?? 0) * Math.exp(log - highest)
    total += weight
    first += weight * share
    second += weight * share * share
  }
  const mean = first / total
  const size = (mean * (1 - mean)) / Math.max(LEAST_VARIANCE, second / total - mean ** 2) - 1
  return { for: mean * size, against: (1 - mean) * size }
}

/** Nothing is impossible: what a judge did on one kind of file may be all that another kind spoke against. */
const LEAST = 1e-90
/** Of a share that is known as well as from thousands of cases. */
const LEAST_VARIANCE = 1e-8

function fit(
  parts: readonly (Part & { likelihood: readonly number[] })[],
  start: readonly number[],
  likeness: number,
): { weights: readonly number[]; explained: number } {
  const known = parts.map(({ own, others, likelihood }) => {
    const rest = atMost(others, likeness)
    // Parts that lean on each other are not so many witnesses of what judges are like.
    return { before: likelihoodOf(rest), likelihood, says: sizeOf(own) / (sizeOf(own) + sizeOf(rest)) }
  })
  let weights = start
  let explained = 0
  for (let round = 0; round < ROUNDS; round++) {
    const next = start.map((weight) => DOUBT * weight)
    let total = DOUBT
    explained = 0
    for (const { before, likelihood, says } of known) {
      let [expected, seen] = [0, 0]
      for (let at = 0; at < SHARES.length; at++) {
        const prior = (weights[at] ?? 0) * (before[at] ?? 0)
        expected += prior
        seen += prior * (likelihood[at] ?? 0)
      }
      explained += Math.log(seen / expected)
      for (let at = 0; at < SHARES.length; at++) {
        const posterior = (weights[at] ?? 0) * (before[at] ?? 0) * (likelihood[at] ?? 0)
        next[at] = (next[at] ?? 0) + (says * posterior) / seen
      }
      total += says
    }
    weights = next.map((weight) => weight / total)
  }
  return { weights, explained }
}

function partsOf(record: readonly Beta[]): Part[] {
  const whole = record.reduce(added, { for: 0, against: 0 })
  return record.map((own) => ({
    own,
    others: { for: whole.for - own.for, against: whole.against - own.against },
  }))
}

/** How probable so many cases are with each share of the grid, over how probable they are with about the best of them. */
function likelihoodOf(seen: Beta): number[] {
  const highest = logOfMost(seen)
  return LOGS.map((log, at) =>
    Math.max(LEAST, Math.exp(seen.for * log + seen.against * (LOGS_AGAINST[at] ?? 0) - highest)),
  )
}

/** The logarithm of how probable cases are with the share of the grid that is nearest to theirs. */
function logOfMost({ for: a, against: b }: Beta): number {
  if (a + b === 0) return 0
  const odds = Math.log(a / b)
  const at = Math.max(0, Math.min(SHARES.length - 1, Math.round((odds + 4) * 5)))
  return a * (LOGS[at] ?? 0) + b * (LOGS_AGAINST[at] ?? 0)
}
