import type { PairEvidence } from './pair-counts.js'

/** Judges that go together, as if each copied one hidden answer now and then. */
export interface Companions {
  /** Places in the roster. */
  members: number[]
  /** By truth, benign first: how often each member gives the hidden answer, 0 to 1. */
  copying: [number[], number[]]
}

/** Cases of no correlation that every estimate begins with. */
const DOUBT = 10
/** Correlation from which on two judges go together, if it is not by chance. */
const NOTABLE = 0.15
/** Standard deviations that chance is given. */
const BY_CHANCE = 3.5
/** Nobody is taken to copy always. */
const MOST = 0.98
const ROUNDS = 30

/**
 * Finds out who goes with whom: judges whose errors agree more often than chance explains, directly or through others, are
 * companions. Within a group one hidden answer is assumed that each member gives with a probability of its own and that its
 * errors beyond it are independent of: a leader and its followers, copies of one engine, and users of the same signatures are
 * all of this form.
 *
 * @param judges how many there are.
 */
export function findCompanions(
  judges: number,
  evidence: (a: number, b: number, truth: 0 | 1) => PairEvidence,
): Companions[] {
  const correlations = new Map<number, [number, number]>()
  const parents = Array.from({ length: judges }, (_, place) => place)
  const rootOf = (place: number): number => {
    let root = place
    while (parents[root] !== root) root = parents[root] ?? root
    return root
  }
  for (let a = 0; a < judges; a++) {
    for (let b = 0; b < a; b++) {
      const both = [evidence(a, b, 0), evidence(a, b, 1)] as const
      const pooled = correlationOf(sumOf(...both), 0)
      const each: [number, number] = [correlationOf(both[0], pooled), correlationOf(both[1], pooled)]
      correlations.set(a * judges + b, each)
      const isNotable =
        stands(pooled, both[0].cases + both[1].cases) ||
        stands(each[0], both[0].cases) ||
        stands(each[1], both[1].cases)
      if (isNotable) parents[rootOf(a)] = rootOf(b)
    }
  }
  const groups = Map.groupBy(parents.keys(), rootOf)
  return [...groups.values()]
    .filter((members) => members.length > 1)
    .map((members) => {
      const between = (truth: 0 | 1) => (a: number, b: number) =>
        correlations.get(Math.max(a, b) * judges + Math.min(a, b))?.[truth] ?? 0
      return { members, copying: [copyingOf(members, between(0)), copyingOf(members, between(1))] }
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

function stands(correlation: number, cases: number): boolean {
  return correlation >= NOTABLE && correlation * Math.sqrt(cases) >= BY_CHANCE
}

/** The shares c whose products come closest to the correlations: one common factor, by least squares. */
function copyingOf(members: readonly number[], correlation: (a: number, b: number) => number): number[] {
  const between = members.map((a) => members.map((b) => (a === b ? 0 : Math.max(0, correlation(a, b)))))
  const pairs = members.length * (members.length - 1)
  const mean = between.flat().reduce((sum, value) => sum + value, 0) / pairs
  let shares = members.map(() => Math.sqrt(mean))
  for (let round = 0; round < ROUNDS; round++) {
    shares = shares.map((_, a) => {
      let above = 0
      let below = 0
      for (const [b, share] of shares.entries()) {
        if (a === b) continue
        above += (between[a]?.[b] ?? 0) * share
        below += share * share
      }
      // Half a step, so that a pair does not swing to and fro.
      return below === 0 ? 0 : Math.min(MOST, ((shares[a] ?? 0) + above / below) / 2)
    })
  }
  return shares
}
