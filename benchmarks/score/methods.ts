import { type Judgement, polyScore, TrackRecord } from '@polyswarm/protocol/polyscore'
import type { GeneratedArtifact, GeneratedMarket } from './generated-market.ts'
import { learnedRates } from './learned-rates.ts'

/** A way to make one probability of several answers. It has seen the artifacts that were settled before. */
export type Method = (artifact: GeneratedArtifact) => number

/** The methods that are compared, after so many settled artifacts. */
export function methodsAfter(market: GeneratedMarket, settled: readonly GeneratedArtifact[]): Record<string, Method> {
  const taught = recordOf(settled, true)
  const agreed = recordOf(settled, false)
  const scored = (record: TrackRecord): Method => {
    return ({ judgements, fileType }) => polyScore(judgements, { record, fileType })?.probability ?? 0.5
  }
  return {
    votes: ({ judgements }) => shareOf(judgements, () => 1),
    bids: ({ judgements }) => shareOf(judgements, ({ bid = 0n }) => Number(bid)),
    polyscore: scored(taught),
    'without truth': scored(agreed),
    'first day': scored(new TrackRecord()),
    floor: learnedRates(market, settled),
    'floor, share told': learnedRates(market, settled, market.malicious),
    posterior: ({ posterior }) => posterior,
  }
}

function recordOf(settled: readonly GeneratedArtifact[], withTruth: boolean): TrackRecord {
  const record = new TrackRecord()
  for (const [index, { judgements, fileType, malicious }] of settled.entries()) {
    const truth = withTruth ? (malicious ? ('malicious' as const) : ('benign' as const)) : null
    record.learn({ id: String(index), judgements, fileType, truth })
  }
  return record
}

function shareOf(judgements: readonly Judgement[], weightOf: (judgement: Judgement) => number): number {
  let malicious = 0
  let total = 0
  for (const judgement of judgements) {
    total += weightOf(judgement)
    if (judgement.verdict === 'malicious') malicious += weightOf(judgement)
  }
  return total === 0 ? 0.5 : malicious / total
}
