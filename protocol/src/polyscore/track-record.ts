import type { Verdict } from '../verdict.js'
import { type Accuracy, casesOf, emptyTally, type Tally } from './accuracy.js'
import { AgreementWindow } from './agreement-window.js'
import { atMost, type Beta, logistic, sizeOf } from './beta.js'
import { BidHabits } from './bid-habits.js'
import { type BidMeaning, bidShift, learnBidMeaning, type SizedRecord } from './bid-meaning.js'
import { CaseCounts, type CountingTools } from './case-counts.js'
import { ChangeDetector, RECENT } from './change-detector.js'
import { type Companions, findCompanions } from './companions.js'
import type { JudgedArtifact, Judgement } from './judgement.js'
import { likenessOf, reliabilityOf } from './likeness.js'
import { learnPopulation, type Population, shareAfter } from './population.js'
import { combine } from './posterior.js'

/** How often a judge said something of artifacts of one kind, and what was true. */
export interface JudgedCount {
  judge: string
  fileType: string
  said: Verdict
  malicious: boolean
  count: number
}

/** Judges that a record is kept of. Whoever has the least of one makes room. */
export const MAX_JUDGES = 128

/** Cases that all artifacts without a truth count for, at most: agreement is not truth. */
const AGREED = 40
/** How often they are gone through, each time beginning with what was found the last time. */
const ROUNDS = 3

/** Cases from which on a judge has a record that it could change from. */
const SETTLED_IN = 60
/** What is kept of how a judge goes together with others once it has changed. */
const STILL = 0.25
/** Artifacts with a truth that are held, to learn what those who go together have in common. */
const CASES = 600

/** Before anything is known: right four times out of five. */
const ASSUMED: Beta = { for: 4, against: 1 }
/** Cases that what is known of all judges is assumed to count for, beside what is known of one; it is learned. */
const OTHERS = 8
/** Cases that a judge's record overall is assumed to count for, beside that on one kind of file; it is learned. */
const OVERALL = 12
/** Before anything is known: as many artifacts are malicious as not. */
const ASSUMED_BASE: Beta = { for: 1, against: 1 }
/** Cases that the share of malicious artifacts overall is assumed to count for, beside that of one kind; it is learned. */
const BASE_OVERALL = 1000

const NOTHING: [Tally, Tally] = [emptyTally(), emptyTally()]

/** Something for malicious artifacts, and for benign ones. */
type BySide<Value = number> = Record<keyof typeof SIDES, Value>

/** What holds for all judges, as of so many cases. */
interface Habitual {
  at: number
  /** Cases that what is known of all judges counts for, beside what is known of one. */
  others: BySide
  /** What judges are like, and how far their records overall tell what they do on one kind of file. */
  populations: BySide<Population>
  /** Cases that the share of malicious artifacts overall counts for, beside that of one kind. */
  base: number
  bids: BySide<BidMeaning>
}

/** What is right and what is wrong on malicious artifacts, and on benign ones. */
const SIDES = {
  sensitivity: ['truePositive', 'falseNegative'],
  specificity: ['trueNegative', 'falsePositive'],
} as const

/**
 * What is known of those who judge: how right each one was, on which kind of file, and who goes with whom. It learns from
 * artifacts whose truth is known, and less from the agreement on others. Its size is bounded, and old cases fade.
 */
export class TrackRecord {
  readonly #settled = new CaseCounts()
  readonly #open = new AgreementWindow()
  readonly #changes = new ChangeDetector()
  readonly #habits = new BidHabits()
  /** Places in the pair counts. */
  readonly #slots = new Map<string, number>()
  /** The newest artifacts with a truth. */
  readonly #cases: { malicious: boolean; answers: Map<string, boolean> }[] = []
  #agreed = new CaseCounts()
  #isAgreeing = false
  #companions: Companions[] | undefined
  #pooled: { sensitivity: Beta; specificity: Beta } | undefined
  #habitual: Habitual | undefined

  /** @param counts what is known already, without who goes with whom. */
  constructor(counts: Iterable<JudgedCount> = []) {
    for (const { judge, fileType, said, malicious, count } of counts) {
      // Verdicts on the whole stand under no judge's name: each artifact once.
      if (judge === '') this.#settled.addBase(fileType, malicious ? count : 0, malicious ? 0 : count)
      else {
        this.#slotOf(judge)
        const answer = { isMalicious: malicious, saidMalicious: said === 'malicious', isLarge: false }
        this.#settled.addJudge(judge, fileType, answer, count)
      }
    }
    this.#settled.fade()
  }

  /**
   * Learns from one artifact. Where the truth is not known yet, what it teaches is taken back once the same artifact comes
   * again with its truth.
   */
  learn(artifact: JudgedArtifact): void {
    for (const { judge } of artifact.judgements) this.#slotOf(judge)
    if (!this.#open.has(artifact.id)) for (const { judge, bid } of artifact.judgements) this.#habits.learn(judge, bid)
    if (artifact.truth === null) this.#open.add(artifact)
    else {
      this.#open.remove(artifact.id)
      this.#notice(artifact, artifact.truth === 'malicious')
      const malicious = artifact.truth === 'malicious' ? 1 : 0
      this.#settled.add(artifact, { malicious, weight: 1 }, this.#tools)
      const counted = artifact.judgements.filter(({ judge }) => this.#slots.has(judge))
      this.#cases.push({
        malicious: malicious === 1,
        answers: new Map(counted.map(({ judge, verdict }) => [judge, verdict === 'malicious'])),
      })
      if (this.#cases.length > CASES) this.#cases.shift()
    }
    this.#changed()
  }

  /** The share of artifacts of a kind that are malicious. */
  baseOf(fileType: string): Beta {
    this.#agree()
    const all = this.#sources.map(({ base }) => base)
    const ofType = this.#sources.flatMap(({ baseOfType }) => baseOfType.get(fileType) ?? [])
    const overall = plus(ASSUMED_BASE, sum(all, 'malicious'), sum(all, 'benign'))
    const [malicious, benign] = [sum(ofType, 'malicious'), sum(ofType, 'benign')]
    return plus(atMost(plus(overall, -malicious, -benign), this.#ofHabit().base), malicious, benign)
  }

  /** How right a judge is about artifacts of a kind when it bids so much, as far as that is known. */
  accuracyOf({ judge, bid }: Pick<Judgement, 'judge' | 'bid'>, fileType: string): Accuracy {
    this.#agree()
    const counts = this.#sources.flatMap(({ judges }) => judges.get(judge) ?? [])
    const record = counts.map(({ overall }) => overall).reduce(added, emptyTally())
    const ofType = counts.flatMap(({ types }) => types.get(fileType) ?? []).reduce(added, emptyTally())
    const { sensitivity, specificity } = this.#ofAll()
    const cases = casesOf(record)
    const { others, populations, bids } = this.#ofHabit()
    const known = cases / (cases + OTHERS)
    const share = (all: Beta, side: keyof BySide): Beta => {
      const [right, wrong] = SIDES[side]
      const { weights, likeness } = populations[side]
      const elsewhere = { for: record[right] - ofType[right], against: record[wrong] - ofType[wrong] }
      const seen = plus(atMost(elsewhere, likeness), ofType[right], ofType[wrong])
      const asOneOfAll = shareAfter(weights, seen)
      const asStranger = plus(target(all, cases, others[side]), seen.for, seen.against)
      return between(asStranger, asOneOfAll, known)
    }
    const size = this.#habits.isLarge(judge, bid) ? 1 : 0
    const [hits, acquittals] = [share(sensitivity, 'sensitivity'), share(specificity, 'specificity')]
    const bySize = counts.reduce<[Tally, Tally]>(
      (sum, { byBid }) => [added(sum[0], byBid[0]), added(sum[1], byBid[1])],
      NOTHING,
    )
    // A stranger's bid says no more than its answer.
    const shifted = (own: Beta, side: keyof BySide): number => {
      const shift = bidShift(bids[side], sizedOf(bySize, SIDES[side]), size)
      return bounded(logistic(logOdds(bounded(meanOf(own))) + known * shift))
    }
    const bySource = this.#sources.map(({ judges }) => casesOf(judges.get(judge)?.overall ?? emptyTally()))
    return {
      cases: (bySource[0] ?? 0) + (bySource[1] ?? 0) / 4,
      sensitivity: hits,
      specificity: acquittals,
      likelihood: {
        sensitivity: shifted(hits, 'sensitivity'),
        specificity: shifted(acquittals, 'specificity'),
      },
      record,
      ofType,
    }
  }

  /** Those who go together, by name, and what they have in common. */
  companions(): { members: string[]; hidden: Companions['hidden'] }[] {
    this.#agree()
    const names = [...this.#slots.keys()]
    const places = [...this.#slots.values()]
    this.#companions ??= findCompanions({
      judges: names.length,
      pairs: (a, b, truth) => {
        const [first = 0, second = 0] = [places[a], places[b]]
        const each = this.#sources.map(({ pairs }) => pairs.of(first, second, truth))
        return { cases: sum(each, 'cases'), together: sum(each, 'together'), scale: sum(each, 'scale') }
      },
      says: (judge, truth) => {
        const { sensitivity, specificity } = this.accuracyOf({ judge: names[judge] ?? '' }, '').likelihood
        return truth === 1 ? sensitivity : 1 - specificity
      },
      cases: this.#cases.map(({ malicious, answers }) => ({
        malicious,
        answers: names.map((name) => answers.get(name)),
      })),
    })
    return this.#companions.map(({ members, hidden }) => ({
      members: members.map((member) => names[member] ?? ''),
      hidden,
    }))
  }

  /** What has been counted: with truth, and by agreement. */
  get #sources(): readonly CaseCounts[] {
    return [this.#settled, this.#agreed]
  }

  readonly #expectation = (judgement: Judgement, fileType: string, isMalicious: boolean): number => {
    const { sensitivity, specificity } = this.accuracyOf(judgement, fileType).likelihood
    return isMalicious ? sensitivity : 1 - specificity
  }

  readonly #tools: CountingTools = {
    slots: this.#slots,
    expected: this.#expectation,
    isLarge: (judge, bid) => this.#habits.isLarge(judge, bid),
  }

  /** How right judges are on the whole. Nobody's record counts for more than a few cases here. */
  #ofAll(): { sensitivity: Beta; specificity: Beta } {
    if (this.#pooled) return this.#pooled
    let [sensitivity, specificity] = [ASSUMED, ASSUMED]
    for (const judge of this.#slots.keys()) {
      const tally = this.#recordOf(judge)
      const hits = atMost({ for: tally.truePositive, against: tally.falseNegative }, OTHERS)
      const acquittals = atMost({ for: tally.trueNegative, against: tally.falsePositive }, OTHERS)
      sensitivity = plus(sensitivity, hits.for, hits.against)
      specificity = plus(specificity, acquittals.for, acquittals.against)
    }
    this.#pooled = { sensitivity, specificity }
    return this.#pooled
  }

  /** Learned anew when there is a tenth more to learn from. */
  #ofHabit(): Habitual {
    const at = this.#settled.base.malicious + this.#settled.base.benign
    if (this.#habitual && at < this.#habitual.at * 1.1 + 8) return this.#habitual
    const judges = [...this.#settled.judges.values()]
    const pooled = this.#ofAll()
    const others = bySide(([right, wrong], side) => {
      const expected = meanOf(pooled[side])
      const seen = judges.map(({ overall }) => ({ expected, seen: { for: overall[right], against: overall[wrong] } }))
      return reliabilityOf(seen, OTHERS)
    })
    const populations = bySide(([right, wrong], side) => {
      const records = judges.map(({ types }) =>
        [...types.values()].map((tally) => ({ for: tally[right], against: tally[wrong] })),
      )
      return learnPopulation(records, atMost(pooled[side], Math.min(others[side], OTHERS)), OVERALL)
    })
    const bids = bySide((side) => learnBidMeaning(judges.map(({ byBid }) => sizedOf(byBid, side))))
    const kinds = [...this.#settled.baseOfType.values()]
    const parts = kinds.map(({ malicious, benign }) => ({ for: malicious, against: benign }))
    const base = likenessOf([{ before: ASSUMED_BASE, parts }], BASE_OVERALL)
    this.#habitual = { at, others, populations, base, bids }
    return this.#habitual
  }

  #recordOf(judge: string): Tally {
    return this.#sources.flatMap(({ judges }) => judges.get(judge)?.overall ?? []).reduce(added, emptyTally())
  }

  /** Goes through the artifacts without a truth again, if there are enough new ones: Dawid and Skene's estimate (1979). */
  #agree(): void {
    if (this.#isAgreeing || !this.#open.takeChange()) return
    this.#isAgreeing = true
    const artifacts = this.#open.artifacts
    const weight = Math.min(1, AGREED / artifacts.length)
    for (let round = 0; round < ROUNDS; round++) {
      const counts = new CaseCounts()
      for (const artifact of artifacts) {
        const { logOdds } = combine(artifact.judgements, this, artifact.fileType)
        counts.add(artifact, { malicious: logistic(logOdds), weight }, this.#tools)
      }
      this.#agreed = counts
      this.#changed()
    }
    this.#isAgreeing = false
  }

  #changed(): void {
    this.#pooled = undefined
    this.#companions = undefined
  }

  /** A judge that has changed is taken for what it is now. */
  #notice({ judgements, fileType }: JudgedArtifact, isMalicious: boolean): void {
    for (const judgement of judgements) {
      const { judge, verdict } = judgement
      const counts = this.#settled.judges.get(judge)
      if (!counts || casesOf(counts.overall) < SETTLED_IN) continue
      const says = this.#expectation(judgement, fileType, isMalicious)
      const recent = this.#changes.notice(judge, isMalicious, verdict === 'malicious', isMalicious ? says : 1 - says)
      if (!recent) continue
      counts.overall = recent
      counts.types.clear()
      counts.byBid = [emptyTally(), emptyTally()]
      // Whom it goes with may have changed, too.
      this.#settled.pairs.keep(this.#slots.get(judge) ?? 0, this.#slots.size, STILL)
      for (const { answers } of this.#cases.slice(0, -RECENT)) answers.delete(judge)
      this.#changed()
    }
  }

  /** Its place in the roster; whoever has the smallest record makes room. */
  #slotOf(judge: string): number {
    const known = this.#slots.get(judge)
    if (known !== undefined) return known
    let slot = this.#slots.size
    if (slot === MAX_JUDGES) {
      let [least, fewest] = ['', Number.POSITIVE_INFINITY]
      for (const other of this.#slots.keys()) {
        const cases = casesOf(this.#recordOf(other))
        if (cases < fewest) [least, fewest] = [other, cases]
      }
      slot = this.#slots.get(least) ?? 0
      this.#slots.delete(least)
      this.#changes.forget(least)
      this.#habits.forget(least)
      for (const counts of this.#sources) {
        counts.judges.delete(least)
        counts.pairs.keep(slot, MAX_JUDGES, 0)
      }
    }
    this.#slots.set(judge, slot)
    return slot
  }
}

function added(a: Tally, b: Tally): Tally {
  return {
    truePositive: a.truePositive + b.truePositive,
    falseNegative: a.falseNegative + b.falseNegative,
    trueNegative: a.trueNegative + b.trueNegative,
    falsePositive: a.falsePositive + b.falsePositive,
  }
}

function plus({ for: a, against: b }: Beta, hits: number, misses: number): Beta {
  return { for: a + hits, against: b + misses }
}

/**
 * What a judge's own record is drawn towards: what is known of all. A stranger gets no credit for how good the others are, or
 * many new accounts could outvote them.
 */
function target(all: Beta, cases: number, others: number): Beta {
  const mean = all.for / sizeOf(all)
  const ofStranger = Math.min(mean, ASSUMED.for / sizeOf(ASSUMED))
  const known = cases / (cases + OTHERS)
  const share = known * mean + (1 - known) * ofStranger
  const weight = Math.min(others, sizeOf(all))
  return { for: share * weight, against: (1 - share) * weight }
}

/** What is known where the second holds with a probability, and else the first. */
function between(first: Beta, second: Beta, probability: number): Beta {
  const mean = (1 - probability) * meanOf(first) + probability * meanOf(second)
  const size = (1 - probability) * sizeOf(first) + probability * sizeOf(second)
  return { for: mean * size, against: (1 - mean) * size }
}

function meanOf({ for: a, against: b }: Beta): number {
  return a / (a + b)
}

function logOdds(share: number): number {
  return Math.log(share / (1 - share))
}

/** Nobody is taken to be right, or wrong, always. */
function bounded(share: number): number {
  return Math.min(0.9995, Math.max(0.0005, share))
}

function sum<Key extends string>(all: readonly Record<Key, number>[], key: Key): number {
  return all.reduce((total, each) => total + each[key], 0)
}

/** What was right and wrong of each size of bid, on one side. */
function sizedOf(
  [small, large]: readonly [Tally, Tally],
  [right, wrong]: (typeof SIDES)[keyof typeof SIDES],
): SizedRecord {
  return [
    { right: small[right], wrong: small[wrong] },
    { right: large[right], wrong: large[wrong] },
  ]
}

function bySide<Value>(make: (side: (typeof SIDES)[keyof typeof SIDES], name: keyof BySide) => Value): BySide<Value> {
  return {
    sensitivity: make(SIDES.sensitivity, 'sensitivity'),
    specificity: make(SIDES.specificity, 'specificity'),
  }
}
