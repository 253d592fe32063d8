import { count, emptyTally, type Tally } from './accuracy.js'
import type { JudgedArtifact, Judgement } from './judgement.js'
import { PairCounts } from './pair-counts.js'

/** Malicious and benign artifacts. */
export interface BaseCount {
  malicious: number
  benign: number
}

/** What is counted for one judge. */
export interface JudgeCount {
  overall: Tally
  types: Map<string, Tally>
  /** Of answers with a small bid, or none, and of those with a large one. */
  byBid: [small: Tally, large: Tally]
}

/** With what probability a judge was expected to say malicious of an artifact that is malicious, or is not. */
type Expectation = (judgement: Judgement, fileType: string, isMalicious: boolean) => number

/** What is needed to count a case. */
export interface CountingTools {
  /** Places in the roster of those who are counted. */
  slots: ReadonlyMap<string, number>
  expected: Expectation
  /** Whether a bid is a large one of this judge. */
  isLarge: (judge: string, bid: bigint | undefined) => boolean
}

/** Cases up to which a record grows; from there on the oldest fade. */
const REMEMBERED = 2_000
/** Kinds of files that a judge has a record of its own for, the first ones; all count in the record overall. */
const MAX_TYPES = 32

/** Cases, counted by judge, by kind of file and by pair of judges. Its size is bounded by that of the roster. */
export class CaseCounts {
  readonly judges = new Map<string, JudgeCount>()
  readonly base: BaseCount = { malicious: 0, benign: 0 }
  readonly baseOfType = new Map<string, BaseCount>()
  readonly pairs = new PairCounts()

  /**
   * Adds an artifact as `weight` cases, of which the share `malicious` is malicious.
   */
  add(
    { judgements, fileType }: JudgedArtifact,
    { malicious, weight }: { malicious: number; weight: number },
    { slots, expected, isLarge }: CountingTools,
  ): void {
    this.addBase(fileType, malicious * weight, (1 - malicious) * weight)
    const counted = judgements.filter(({ judge }) => slots.has(judge))
    for (const isMalicious of [false, true]) {
      const part = weight * (isMalicious ? malicious : 1 - malicious)
      if (part === 0) continue
      const errors = counted.map((judgement) => errorOf(judgement, fileType, isMalicious, expected))
      for (let a = 0; a < counted.length; a++) {
        for (let b = 0; b < a; b++) this.#addPair(counted, errors, [a, b], isMalicious, part, slots)
      }
      for (const { judge, verdict, bid } of counted) {
        const answer = { isMalicious, saidMalicious: verdict === 'malicious', isLarge: isLarge(judge, bid) }
        this.addJudge(judge, fileType, answer, part)
      }
    }
    this.fade(counted.map(({ judge }) => judge))
  }

  addBase(fileType: string, malicious: number, benign: number): void {
    const ofType = placeIn(this.baseOfType, fileType, () => ({ malicious: 0, benign: 0 }))
    for (const counts of ofType ? [this.base, ofType] : [this.base]) {
      counts.malicious += malicious
      counts.benign += benign
    }
  }

  addJudge(
    judge: string,
    fileType: string,
    { isMalicious, saidMalicious, isLarge }: { isMalicious: boolean; saidMalicious: boolean; isLarge: boolean },
    weight: number,
  ): void {
    const counts = this.judges.get(judge) ?? emptyJudge()
    this.judges.set(judge, counts)
    const ofType = placeIn(counts.types, fileType, emptyTally)
    for (const tally of [counts.overall, counts.byBid[isLarge ? 1 : 0], ...(ofType ? [ofType] : [])]) {
      count(tally, isMalicious, saidMalicious, weight)
    }
  }

  /** Lets what is beyond memory go: each truth by itself, so that what is rare is not forgotten because the other is common. */
  fade(judges: Iterable<string> = this.judges.keys()): void {
    for (const counts of [this.base, ...this.baseOfType.values()]) shorten(counts, 'malicious', 'benign')
    for (const judge of judges) {
      const counts = this.judges.get(judge)
      for (const tally of counts ? [counts.overall, ...counts.byBid, ...counts.types.values()] : []) {
        shorten(tally, 'truePositive', 'falseNegative')
        shorten(tally, 'trueNegative', 'falsePositive')
      }
    }
  }

  #addPair(
    counted: readonly Judgement[],
    errors: readonly { error: number; spread: number }[],
    [a, b]: readonly [number, number],
    isMalicious: boolean,
    weight: number,
    slots: ReadonlyMap<string, number>,
  ): void {
    const places = [slots.get(counted[a]?.judge ?? ''), slots.get(counted[b]?.judge ?? '')] as const
    const [first, second] = [errors[a], errors[b]]
    if (places[0] === undefined || places[1] === undefined || !first || !second) return
    const truth = isMalicious ? 1 : 0
    const known = this.pairs.of(places[0], places[1], truth).cases
    if (known > REMEMBERED) this.pairs.fade(places[0], places[1], truth, REMEMBERED / (known + weight))
    this.pairs.add([places[0], places[1]], truth, {
      cases: weight,
      together: weight * first.error * second.error,
      scale: weight * first.spread * second.spread,
    })
  }
}

/** How far a judge was from what was expected of it, and how far it is on average. */
function errorOf(
  judgement: Judgement,
  fileType: string,
  isMalicious: boolean,
  expected: Expectation,
): { error: number; spread: number } {
  const p = expected(judgement, fileType, isMalicious)
  return { error: (judgement.verdict === 'malicious' ? 1 : 0) - p, spread: Math.sqrt(p * (1 - p)) }
}

function emptyJudge(): JudgeCount {
  return { overall: emptyTally(), types: new Map(), byBid: [emptyTally(), emptyTally()] }
}

function shorten<Key extends string>(counts: Record<Key, number>, a: Key, b: Key): void {
  const total = counts[a] + counts[b]
  if (total <= REMEMBERED) return
  counts[a] *= REMEMBERED / total
  counts[b] *= REMEMBERED / total
}

/** What stands under a kind of file, if there is one or room for one. */
function placeIn<Value>(map: Map<string, Value>, fileType: string, make: () => Value): Value | undefined {
  const known = map.get(fileType)
  if (known !== undefined || map.size >= MAX_TYPES) return known
  const made = make()
  map.set(fileType, made)
  return made
}
