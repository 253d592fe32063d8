import { polyScore, TrackRecord } from '@polyswarm/protocol/polyscore'
import { expect, test } from 'vitest'
import { drawArtifact } from '../benchmarks/score/generated-market.ts'
import { type Judged, measure } from '../benchmarks/score/measures.ts'
import { seededRandom } from '../benchmarks/score/seeded-random.ts'
import { scoreSettings } from '../benchmarks/score/settings.ts'

const SEEDS = [1, 2]
const SETTLED = 500
const JUDGED = 200
/** Brier score over that of whoever knows everything but the truth. Too few malicious artifacts are drawn at 1 % to say. */
const NEAR = 1.15

for (const [place, { name }] of scoreSettings(seededRandom(0)).entries()) {
  test(`is better than counting votes or bids, and near what can be known: ${name}`, () => {
    const said: Record<string, Judged[]> = { votes: [], bids: [], score: [], posterior: [] }
    for (const seed of SEEDS) {
      const market = scoreSettings(seededRandom(seed))[place]
      if (!market) throw new Error('no market')
      const random = seededRandom(seed)
      const record = new TrackRecord()
      for (let at = 0; at < SETTLED; at++) {
        const { judgements, fileType, malicious } = drawArtifact(market, at, random)
        record.learn({ judgements, fileType, truth: malicious ? 'malicious' : 'benign' })
      }
      for (let at = SETTLED; at < SETTLED + JUDGED; at++) {
        const { judgements, fileType, malicious, posterior } = drawArtifact(market, at, random)
        const shareOf = (weightOf: (bid: bigint) => number): number => {
          const weights = judgements.map(({ verdict, bid = 0n }) => [verdict === 'malicious', weightOf(bid)] as const)
          const total = weights.reduce((sum, [, weight]) => sum + weight, 0)
          return weights.reduce((sum, [isMalicious, weight]) => sum + (isMalicious ? weight / total : 0), 0)
        }
        const add = (method: string, probability: number): void => {
          said[method]?.push({ said: probability, malicious, posterior })
        }
        add(
          'votes',
          shareOf(() => 1),
        )
        add('bids', shareOf(Number))
        add('score', polyScore(judgements, { record, fileType })?.probability ?? 0.5)
        add('posterior', posterior)
      }
    }
    const [votes, bids, score, posterior] = Object.values(said).map((pairs) => measure(pairs).expectedBrier)
    expect(score).toBeLessThan(Math.min(votes ?? 0, bids ?? 0))
    if (name !== '1 % malicious') expect(score).toBeLessThan(NEAR * (posterior ?? 0))
  })
}
