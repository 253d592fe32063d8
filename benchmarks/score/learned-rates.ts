import type { GeneratedArtifact, GeneratedEngine, GeneratedMarket } from './generated-market.ts'
import { likelihoodsOf, rightness } from './generated-market.ts'

/** The rates that an engine may have on artifacts of one truth, and the logarithm of how probable its answers are with each. */
interface Rates {
  rates: readonly number[]
  logs: number[]
}

/**
 * The least that has to be learned: a judge who knows how such markets are drawn, who belongs together and in what way, and when
 * somebody changed, and lacks nothing but the rates at which the engines that stand alone are right and, without `malicious`, the
 * share of malicious artifacts. Of the rates it knows from what distribution they were drawn. It learns from the settled
 * artifacts by Bayes' rule, exactly; on average over such markets no score that is told less does better.
 *
 * @param malicious the share of malicious artifacts; a judge who is not told takes all shares for equally probable.
 * @returns the probability that an artifact is malicious.
 */
export function learnedRates(
  market: GeneratedMarket,
  settled: readonly GeneratedArtifact[],
  malicious?: number,
): (artifact: GeneratedArtifact) => number {
  const known = new Map<string, Rates>()
  const ratesOf = (engine: GeneratedEngine, { fileType, at }: GeneratedArtifact, isMalicious: boolean): Rates => {
    const { learnedBy } = market
    const hasTurned = at >= (learnedBy.turn ?? Number.POSITIVE_INFINITY)
    const key = [engine.name, isMalicious, learnedBy.fileType ? fileType : '', hasTurned].join(' ')
    const rates = engine.drawnFrom(at)[isMalicious ? 'sensitivity' : 'specificity']
    const found = known.get(key) ?? { rates, logs: rates.map(() => 0) }
    known.set(key, found)
    return found
  }
  for (const artifact of settled) {
    for (const [engine, { malicious: says, sure }] of artifact.answers) {
      const { rates, logs } = ratesOf(engine, artifact, artifact.malicious)
      for (const [at, rate] of rates.entries()) {
        const right = rightOf(rate, artifact.malicious, sure)
        logs[at] = (logs[at] ?? 0) + Math.log(says === artifact.malicious ? right : 1 - right)
      }
    }
  }
  const bound = new Set(market.bonds.flatMap(({ members }) => members.map(({ engine }) => engine)))
  const prior = malicious ?? (settled.filter((artifact) => artifact.malicious).length + 1) / (settled.length + 2)
  return (artifact) => {
    const rightOn = (engine: GeneratedEngine, isMalicious: boolean, sure: boolean): number => {
      if (bound.has(engine)) return rightness(engine.skill(artifact.fileType, artifact.at), isMalicious, sure)
      const { rates, logs } = ratesOf(engine, artifact, isMalicious)
      const best = Math.max(...logs)
      let [sum, total] = [0, 0]
      for (const [at, rate] of rates.entries()) {
        const weight = Math.exp((logs[at] ?? 0) - best)
        sum += weight * rightOf(rate, isMalicious, sure)
        total += weight
      }
      return sum / total
    }
    const [no, yes] = likelihoodsOf(market, artifact.answers, rightOn)
    return (prior * yes) / (prior * yes + (1 - prior) * no)
  }
}

function rightOf(rate: number, isMalicious: boolean, sure: boolean): number {
  return rightness({ sensitivity: rate, specificity: rate }, isMalicious, sure)
}
