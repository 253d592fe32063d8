import { fitHiddenAnswer, type HiddenAnswer, hiddenAnswerOf, type SettledCase } from './hidden-answer.js'
import type { PairEvidence } from './pair-counts.js'

/** Judges that go together. */
export interface Companions {
  /** Places in the list of judges. */
  members: number[]
  /** What they have in common, on artifacts that are benign and on those that are malicious. */
  hidden: [HiddenAnswer, HiddenAnswer]
}

/** What is known of the judges. */
export interface CompanionEvidence {
  /** How many there are. */
  judges: number
  pairs: (a: number, b: number, truth: 0 | 1) => PairEvidence
  /** With what probability a judge calls malicious what is benign (0) or malicious (1). */
  says: (judge: number, truth: 0 | 1) => number
  /** The newest artifacts with a truth, with the places of {@link Companions.members}. */
  cases: readonly SettledCase[]
}

/** Cases of no correlation that every estimate begins with. */
const DOUBT = 10
/** Correlation from which on two judges go together, if it is not by chance. */
const NOTABLE = 0.15
/** Standard deviations that chance is given. */
const BY_CHANCE = 3.5
/** Errors in common beyond those expected; where errors are rare, two or three are nothing. */
const TOO_MANY_FOR_CHANCE = 4
/** Cases of one truth from which on what a group has in common is learned from them, and not only from its pairs. */
const ENOUGH = 30

/**
 * Finds out who goes with whom: judges whose errors agree more often than chance explains, directly or through others, are
 * companions. Within a group a hidden answer is assumed that the answers of all members depend on, and that explains why they
 * go together: a leader and its followers, copies of one engine, users of the same signatures and colluders have one.
 */
export function findCompanions({ judges, pairs, says, cases }: CompanionEvidence): Companions[] {
  const correlations = new Map<number, [number, number]>()
  const parents = Array.from({ length: judges }, (_, place) => place)
  const rootOf = (place: number): number => {
    let root = place
    while (parents[root] !== root) root = parents[root] ?? root
    return root
  }
  for (let a = 0; a < judges; a++) {
    for (let b = 0; b < a; b++) {
      const both = [pairs(a, b, 0), pairs(a, b, 1)] as const
      const all = sumOf(...both)
      const pooled = correlationOf(all, 0)
      const each: [number, number] = [correlationOf(both[0], pooled), correlationOf(both[1], pooled)]
      correlations.set(a * judges + b, each)
      const isNotable = stands(pooled, all) || stands(each[0], both[0]) || stands(each[1], both[1])
      if (isNotable) parents[rootOf(a)] = rootOf(b)
    }
  }
  const groups = Map.groupBy(parents.keys(), rootOf)
  return [...groups.values()]
    .filter((members) => members.length > 1)
    .map((members) => {
      const hidden = (truth: 0 | 1): HiddenAnswer => {
        const own = members.map((member) => says(member, truth))
        const ofTruth = cases.filter(
          ({ malicious, answers }) =>
            malicious === (truth === 1) && members.filter((member) => answers[member] !== undefined).length > 1,
        )
        if (ofTruth.length >= ENOUGH) return fitHiddenAnswer(members, own, ofTruth)
        const between = (a: number, b: number) =>
          correlations.get(Math.max(a, b) * judges + Math.min(a, b))?.[truth] ?? 0
        return hiddenAnswerOf(members, own, between)
      }
      return { members, hidden: [hidden(0), hidden(1)] }
    })
}

function sumOf(a: PairEvidence, b: PairEvidence): PairEvidence {
  return { cases: a.cases + b.cases, together: a.together + b.together, scale: a.scale + b.scale }
}

/** Drawn towards `expected` as long as there are few cases. */
function correlationOf({ cases, together, scale }: PairEvidence, expected: number): number {
  if (scale <= 0) return expected
  const seen = Math.max(-1, Math.min(1, together / scale))
  return (cases * seen + DOUBT * expected) / (cases + DOUBT)
}

function stands(correlation: number, { cases, scale }: PairEvidence): boolean {
  return (
    correlation >= NOTABLE && correlation * Math.sqrt(cases) >= BY_CHANCE && correlation * scale >= TOO_MANY_FOR_CHANCE
  )
}
