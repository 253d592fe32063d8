import type { GeneratedArtifact, GeneratedEngine, GeneratedMarket, Skill } from './generated-market.ts'
import { likelihoodsOf, rightness } from './generated-market.ts'

/** Rates that are weighed, from 0.3 to 0.999: nobody is told how good engines are drawn to be. */
const RATES = [...Array.from({ length: 70 }, (_, at) => 0.3 + at / 100), 0.995, 0.999]

/**
 * The least that has to be learned: a judge who knows the market's form, its share of malicious artifacts, who belongs
 * together and in what way, and when somebody changed, and lacks nothing but the rates at which the engines that stand alone
 * are right. It learns these from the settled artifacts by Bayes' rule. No score that has to learn more does better.
 *
 * @returns the probability that an artifact is malicious.
 */
export function learnedRates(
  market: GeneratedMarket,
  settled: readonly GeneratedArtifact[],
): (artifact: GeneratedArtifact) => number {
  const weights = new Map<string, number[]>()
  for (const [at, artifact] of settled.entries()) {
    for (const [engine, { malicious: says, sure }] of artifact.answers) {
      const key = keyOf(market, engine, artifact, at)
      const before = weights.get(key) ?? RATES.map(() => 0)
      weights.set(
        key,
        before.map((weight, index) => {
          const right = rightness(flat(RATES[index] ?? 0), artifact.malicious, sure)
          return weight + Math.log(says === artifact.malicious ? right : 1 - right)
        }),
      )
    }
  }
  const bound = new Set(market.bonds.flatMap(({ members }) => members.map(({ engine }) => engine)))
  return (artifact) => {
    const rightOn = (engine: GeneratedEngine, malicious: boolean, sure: boolean): number => {
      if (bound.has(engine)) return rightness(engine.skill(artifact.fileType, artifact.at), malicious, sure)
      const logs = weights.get(keyOf(market, engine, { ...artifact, malicious }, artifact.at)) ?? RATES.map(() => 0)
      const best = Math.max(...logs)
      let [sum, total] = [0, 0]
      for (const [index, log] of logs.entries()) {
        const weight = Math.exp(log - best)
        sum += weight * rightness(flat(RATES[index] ?? 0), malicious, sure)
        total += weight
      }
      return sum / total
    }
    const [no, yes] = likelihoodsOf(market, artifact.answers, rightOn)
    const prior = market.malicious
    return (prior * yes) / (prior * yes + (1 - prior) * no)
  }
}

/** Under what a rate is learned: engine, truth, and where it matters the kind of file and the time. */
function keyOf(
  { learnedBy }: GeneratedMarket,
  { name }: GeneratedEngine,
  { fileType, malicious }: Pick<GeneratedArtifact, 'fileType' | 'malicious'>,
  at: number,
): string {
  return [name, malicious, learnedBy.fileType ? fileType : '', at >= (learnedBy.turn ?? Number.POSITIVE_INFINITY)].join(
    ' ',
  )
}

function flat(rate: number): Skill {
  return { sensitivity: rate, specificity: rate }
}
