/** What is to be said of the probabilities that a method gives. */
export interface Measures {
  /** Mean squared error. */
  brier: number
  /** The same as it is to be expected, given how probable each truth was: without the chance of which one it came to be. */
  expectedBrier: number
  /** Mean of the negative logarithm of the probability of what was true, in nats; no probability counts as below 10^-6. */
  logLoss: number
  /** In ten bins of equal width: how many there are, what was said on average, and the share that was malicious. */
  reliability: { count: number; said: number; malicious: number }[]
  /** Share of malicious artifacts that are found where 0.1 % and 1 % of the benign ones are called malicious. */
  truePositives: { atTenthPercent: number; atOnePercent: number }
}

const LEAST = 1e-6
const BINS = 10

/** What was said of an artifact, what was true, and how probable that was for whoever knows everything else. */
export interface Judged {
  said: number
  malicious: boolean
  posterior: number
}

/** Measures what was said of artifacts. */
export function measure(pairs: readonly Judged[]): Measures {
  let brier = 0
  let expectedBrier = 0
  let logLoss = 0
  const bins = Array.from({ length: BINS }, () => ({ count: 0, said: 0, malicious: 0 }))
  for (const { said, malicious, posterior } of pairs) {
    expectedBrier += posterior * (1 - said) ** 2 + (1 - posterior) * said ** 2
    brier += (said - (malicious ? 1 : 0)) ** 2
    logLoss -= Math.log(Math.max(LEAST, malicious ? said : 1 - said))
    const bin = bins[Math.min(BINS - 1, Math.floor(said * BINS))]
    if (!bin) continue
    bin.count++
    bin.said += said
    bin.malicious += malicious ? 1 : 0
  }
  return {
    brier: brier / pairs.length,
    expectedBrier: expectedBrier / pairs.length,
    logLoss: logLoss / pairs.length,
    reliability: bins.map(({ count, said, malicious }) => ({
      count,
      said: count === 0 ? 0 : said / count,
      malicious: count === 0 ? 0 : malicious / count,
    })),
    truePositives: { atTenthPercent: truePositives(pairs, 0.001), atOnePercent: truePositives(pairs, 0.01) },
  }
}

/** The largest share of malicious ones above a threshold that no more than `allowed` of the benign ones are above. */
function truePositives(pairs: readonly Judged[], allowed: number): number {
  const benign = pairs.filter(({ malicious }) => !malicious).map(({ said }) => said)
  const malicious = pairs.filter((pair) => pair.malicious)
  const descending = benign.sort((a, b) => b - a)
  const threshold = descending[Math.floor(allowed * benign.length)] ?? 0
  return malicious.filter(({ said }) => said > threshold).length / Math.max(1, malicious.length)
}
