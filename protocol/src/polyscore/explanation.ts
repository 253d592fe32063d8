import { type Accuracy, casesOf, type Tally } from './accuracy.js'
import type { Beta } from './beta.js'
import type { Contribution } from './posterior.js'

/** Sentences at most: the rest moved little. */
const MOST = 12
/** Smaller changes of the log-odds are not worth a sentence of their own. */
const LITTLE = 0.1

/** Says why a score is what it is, the weightiest first. */
export function reasonsOf({
  prior,
  contributions,
  nameOf,
}: {
  prior: Beta
  contributions: readonly Contribution[]
  nameOf: (judge: string) => string
}): string[] {
  const told = contributions.filter(({ moved }) => Math.abs(moved) >= LITTLE).slice(0, MOST)
  const rest = contributions.filter((contribution) => !told.includes(contribution))
  return [
    ...told.map((contribution) => sentenceOf(contribution, nameOf)),
    ...(rest.length > 0 ? [restText(rest, told.length > 0 ? 'more ' : '')] : []),
    priorText(prior),
  ]
}

/** Of those that changed little, how many would not have if nobody went with them. */
function restText(rest: readonly Contribution[], more: string): string {
  const bound = rest.filter((one) => isBound(one) && Math.abs(one.alone) >= LITTLE).length
  const changed = `${rest.length} ${more}${rest.length === 1 ? 'answer' : 'answers'} changed little.`
  if (bound === 0) return changed
  const who = rest.length === 1 ? 'Its engine' : bound === 1 ? 'One of the engines' : `Each of ${bound} of the engines`
  return `${changed} ${who} often answers as others do, and counts for less.`
}

/** Whether it counts for less because of those heard before it. */
function isBound({ goesWith, moved, alone }: Contribution): boolean {
  return goesWith.length > 0 && Math.abs(moved) < 0.8 * Math.abs(alone)
}

function priorText({ for: malicious, against: benign }: Beta): string {
  if (malicious + benign < 3) return 'How many of such files are malicious is not known yet: half are assumed to be.'
  return `Of all such files ${percent(malicious / (malicious + benign))} are malicious.`
}

function sentenceOf(contribution: Contribution, nameOf: (judge: string) => string) {
  const { judge, verdict, moved, accuracy, goesWith } = contribution
  const factor = Math.exp(Math.abs(moved))
  const times = factor >= 10 ? factor.toFixed(0) : factor.toFixed(1)
  const side = moved >= 0 ? 'malicious' : 'benign'
  const contrary = side === verdict ? '' : ', and is mostly wrong'
  const [first] = goesWith
  const company =
    first !== undefined && isBound(contribution)
      ? ` It often answers as ${nameOf(first)} does, and counts for less.`
      : ''
  return `${nameOf(judge)} says ${verdict}: ${side} is ${times} times as likely (${recordText(accuracy)}${contrary}).${company}`
}

/** A record in words. */
export function recordText({ record, ofType }: Accuracy): string {
  const tally = isTelling(ofType) ? ofType : record
  if (casesOf(tally) < 0.5) return 'no record yet'
  const malicious = tally.truePositive + tally.falseNegative
  const benign = tally.trueNegative + tally.falsePositive
  const parts = [
    ...(malicious >= 0.5 ? [`${Math.round(tally.truePositive)} of ${Math.round(malicious)} malicious`] : []),
    ...(benign >= 0.5 ? [`${Math.round(tally.trueNegative)} of ${Math.round(benign)} benign`] : []),
  ]
  return `right on ${parts.join(' and ')}${tally === ofType ? ' of this kind' : ''}`
}

/** Cases of a kind of file from which on its record is told instead of that overall. */
function isTelling(tally: Tally): boolean {
  return casesOf(tally) >= 20
}

function percent(share: number): string {
  const value = share * 100
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} %`
}
