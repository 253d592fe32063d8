import { describe, expect, it } from 'vitest'
import type { Verdict } from '../verdict.ts'
import type { Judgement } from './judgement.ts'
import { polyScore } from './polyscore.ts'
import { MAX_JUDGES, TrackRecord } from './track-record.ts'

/** Numbers from 0 to 1, the same each time. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}

const word = (malicious: boolean): Verdict => (malicious ? 'malicious' : 'benign')

/** What one draws on an artifact that is malicious or not: right so often. */
const drawn = (random: () => number, malicious: boolean, right: number): Verdict =>
  word(random() < right ? malicious : !malicious)

/** Teaches artifacts on which each judge says what `judgementsOf` makes of the truth. */
function taught(
  count: number,
  judgementsOf: (malicious: boolean, random: () => number, at: number) => Judgement[],
  withTruth = true,
): TrackRecord {
  const random = generator(11)
  const record = new TrackRecord()
  for (let at = 0; at < count; at++) {
    const malicious = random() < 0.5
    const truth = withTruth ? word(malicious) : null
    record.learn({ id: String(at), fileType: 'pe', judgements: judgementsOf(malicious, random, at), truth })
  }
  return record
}

const probability = (record: TrackRecord, judgements: Judgement[]): number =>
  polyScore(judgements, { record, fileType: 'pe' })?.probability ?? Number.NaN

describe('a track record', () => {
  it('takes followers of one leader for little more than the leader', () => {
    const followers = Array.from({ length: 6 }, (_, index) => `follower${index}`)
    const record = taught(400, (malicious, random) => {
      const leader = drawn(random, malicious, 0.8)
      return [
        { judge: 'leader', verdict: leader },
        ...followers.map((judge) => ({ judge, verdict: random() < 0.9 ? leader : drawn(random, malicious, 0.6) })),
        { judge: 'apart', verdict: drawn(random, malicious, 0.8) },
      ]
    })
    const [group] = record.companions()
    expect(group?.members.toSorted()).toEqual([...followers, 'leader'])
    const all = [
      { judge: 'leader', verdict: 'malicious' as const },
      ...followers.map((judge) => ({ judge, verdict: 'malicious' as const })),
    ]
    expect(probability(record, all)).toBeLessThan(0.92)
    const independent = taught(400, (malicious, random) =>
      ['leader', ...followers].map((judge) => ({ judge, verdict: drawn(random, malicious, 0.8) })),
    )
    expect(independent.companions()).toEqual([])
    expect(probability(independent, all)).toBeGreaterThan(0.999)
    const score = polyScore(all, { record, fileType: 'pe' })
    expect(score?.reasons.join(' ')).toContain('counts for less')
  })

  it('notices colluders: together they are not to be believed, each alone is', () => {
    const ring = ['a', 'b', 'c', 'd']
    const record = taught(500, (malicious, random) => {
      const together = random() < 0.3
      return ring.map((judge) => ({ judge, verdict: together ? word(!malicious) : drawn(random, malicious, 0.9) }))
    })
    const odds = (judgements: Judgement[]) => Math.abs(Math.log(1 / probability(record, judgements) - 1))
    const all = ring.map((judge): Judgement => ({ judge, verdict: 'malicious' }))
    expect(odds(all)).toBeLessThan(2 * odds(all.slice(0, 1)))
  })

  it('takes a judge that has changed for what it is now', () => {
    const answers = (until: number) =>
      taught(until, (malicious, random, at) => [
        { judge: 'a', verdict: drawn(random, malicious, at < 200 ? 0.95 : 0.3) },
      ])
    expect(probability(answers(200), [{ judge: 'a', verdict: 'malicious' }])).toBeGreaterThan(0.85)
    expect(probability(answers(300), [{ judge: 'a', verdict: 'malicious' }])).toBeLessThan(0.5)
  })

  it('learns what a large bid of a judge means', () => {
    const record = taught(400, (malicious, random) => {
      const sure = random() < 0.5
      return [{ judge: 'a', verdict: drawn(random, malicious, sure ? 0.95 : 0.6), bid: sure ? 400n : 100n }]
    })
    const on = (bid: bigint) => probability(record, [{ judge: 'a', verdict: 'malicious', bid }])
    expect(on(400n)).toBeGreaterThan(0.88)
    expect(on(100n)).toBeLessThan(0.75)
  })

  it('learns from agreement alone who is better, and is calmer about it', () => {
    const skills = { good: 0.92, fair: 0.85, also: 0.85, third: 0.85, poor: 0.55 }
    const draw = (malicious: boolean, random: () => number) =>
      Object.entries(skills).map(([judge, right]) => ({ judge, verdict: drawn(random, malicious, right) }))
    const record = taught(250, draw, false)
    const alone = (judge: string, known: TrackRecord) => probability(known, [{ judge, verdict: 'malicious' }])
    expect(alone('good', record)).toBeGreaterThan(alone('poor', record))
    const width = (known: TrackRecord) => {
      const { interval } = polyScore([{ judge: 'good', verdict: 'malicious' }], { record: known, fileType: 'pe' }) ?? {
        interval: [0, 0],
      }
      return interval[1] - interval[0]
    }
    expect(width(record)).toBeGreaterThan(width(taught(250, draw)))
  })

  it('keeps a bounded roster, in which those with a record stay', () => {
    const record = taught(50, (malicious, random) => [{ judge: 'old', verdict: drawn(random, malicious, 0.9) }])
    const before = record.accuracyOf({ judge: 'old' }, 'pe')
    for (let at = 0; at < 20; at++) {
      const judgements = Array.from({ length: 100 }, (_, index) => ({
        judge: `new ${at} ${index}`,
        verdict: word(true),
      }))
      record.learn({ fileType: `type ${at}`, judgements, truth: 'malicious' })
    }
    expect(record.accuracyOf({ judge: 'old' }, 'pe').record).toEqual(before.record)
    expect(record.accuracyOf({ judge: 'new 0 0' }, 'pe').cases).toBe(0)
    expect(MAX_JUDGES).toBe(128)
  })
})
