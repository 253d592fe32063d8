import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Verdict } from '../verdict.ts'
import { betaQuantile } from './beta.ts'
import type { Judgement } from './judgement.ts'
import { polyScore } from './polyscore.ts'
import { type JudgedCount, TrackRecord } from './track-record.ts'

/** A judge that was right about so many of a hundred malicious and a hundred benign files of a type. */
function known(judge: string, hits: number, fileType = 'pe', scale = 1): JudgedCount[] {
  const counted = (said: Verdict, malicious: boolean, n: number): JudgedCount => ({
    judge,
    fileType,
    said,
    malicious,
    count: Math.round(n * scale),
  })
  return [
    counted('malicious', true, hits),
    counted('benign', true, 100 - hits),
    counted('benign', false, hits),
    counted('malicious', false, 100 - hits),
  ]
}

const says = (judge: string, verdict: Verdict, confidence = 1): Judgement => ({ judge, verdict, confidence })
const scoreOf = (judgements: Judgement[], counts: JudgedCount[] = [], fileType = 'pe') => {
  const score = polyScore(judgements, { record: new TrackRecord(counts), fileType })
  if (!score) throw new Error('nobody has answered')
  return score
}

describe('polyScore', () => {
  it('is what Bayes says where accuracy is known well', () => {
    const a = known('a', 90, 'pe', 100)
    expect(scoreOf([says('a', 'malicious')], a).probability).toBeCloseTo(0.9, 2)
    const both = scoreOf([says('a', 'malicious'), says('b', 'malicious')], [...a, ...known('b', 80, 'pe', 100)])
    expect(both.probability).toBeCloseTo((0.9 * 0.8) / (0.9 * 0.8 + 0.1 * 0.2), 2)
  })

  it('believes the one that was right more often, and tells who moved it by how much', () => {
    const counts = [...known('good', 95), ...known('poor', 60)]
    const { probability, contributions, reasons } = scoreOf([says('poor', 'malicious'), says('good', 'benign')], counts)
    expect(probability).toBeLessThan(0.2)
    expect(contributions.map(({ judge }) => judge)).toEqual(['good', 'poor'])
    expect(contributions[0]?.moved).toBeLessThan(0)
    expect(contributions[1]?.moved).toBeGreaterThan(0)
    expect(reasons[0]).toMatch(
      /^good says benign: benign is [\d.]+ times as likely \(right on 95 of 100 malicious and 95 of 100 benign of this kind\)\.$/,
    )
    expect(reasons.at(-1)).toMatch(/not known yet/)
    const base = [...counts, ...known('', 50, 'pe', 0.2)]
    expect(scoreOf([says('good', 'benign')], base).reasons.at(-1)).toBe('Of all such files 50 % are malicious.')
  })

  it('turns a judge that is mostly wrong around, and says so', () => {
    const { probability, reasons } = scoreOf([says('contrary', 'malicious')], known('contrary', 10))
    expect(probability).toBeLessThan(0.2)
    expect(reasons[0]).toContain('mostly wrong')
  })

  it('leans on the kind of file as far as there is enough of it, else on all files', () => {
    const counts = [...known('a', 95, 'pdf'), ...known('a', 50, 'pe'), ...known('a', 95, 'zip', 0.05)]
    const on = (fileType: string) => scoreOf([says('a', 'malicious')], counts, fileType).probability
    expect(on('pdf')).toBeGreaterThan(0.85)
    expect(on('pe')).toBeLessThan(0.6)
    expect(on('zip')).toBeGreaterThan(on('never seen'))
    expect(on('zip')).toBeLessThan(on('pdf'))
  })

  it('counts less what is said with less confidence', () => {
    const at = (confidence: number) => scoreOf([says('a', 'malicious', confidence)], known('a', 90)).probability
    expect(at(0)).toBeCloseTo(0.5, 5)
    expect(at(0.5)).toBeGreaterThan(at(0))
    expect(at(1)).toBeGreaterThan(at(0.5))
  })

  it('is honest: the interval is wide at first, narrows with cases, and holds the truth 19 times out of 20', () => {
    const width = (counts: JudgedCount[]) => {
      const { interval } = scoreOf([says('a', 'malicious')], counts)
      return interval[1] - interval[0]
    }
    expect(width([])).toBeGreaterThan(0.5)
    expect(width(known('a', 90, 'pe', 1))).toBeLessThan(width(known('a', 90, 'pe', 0.2)))
    const base = [true, false].map((malicious) => ({ ...known('', 50)[0], malicious, count: 5_000 }) as JudgedCount)
    expect(width([...known('a', 90, 'pe', 100), ...base])).toBeLessThan(0.07)

    // Many judges of all kinds of accuracy, each seen on 60 files: how often is what it is worth within the interval?
    let held = 0
    const runs = 400
    const random = generator(7)
    for (let run = 0; run < runs; run++) {
      const [sensitivity, specificity] = [0.55 + 0.4 * random(), 0.55 + 0.4 * random()]
      const draw = (n: number, share: number) =>
        Array.from({ length: n }, () => random() < share).filter(Boolean).length
      const [hits, acquittals] = [draw(30, sensitivity), draw(30, specificity)]
      const { interval } = scoreOf(
        [says('a', 'malicious')],
        [
          { judge: 'a', fileType: 'pe', said: 'malicious', malicious: true, count: hits },
          { judge: 'a', fileType: 'pe', said: 'benign', malicious: true, count: 30 - hits },
          { judge: 'a', fileType: 'pe', said: 'benign', malicious: false, count: acquittals },
          { judge: 'a', fileType: 'pe', said: 'malicious', malicious: false, count: 30 - acquittals },
          { judge: '', fileType: 'pe', said: 'malicious', malicious: true, count: draw(200, 0.5) },
          { judge: '', fileType: 'pe', said: 'malicious', malicious: false, count: 100 },
        ],
      )
      const truth = sensitivity / (sensitivity + (1 - specificity))
      if (truth >= interval[0] && truth <= interval[1]) held++
    }
    expect(held / runs).toBeGreaterThan(0.93)
  })

  it('is nothing where nobody has answered, and hears nobody twice', () => {
    expect(polyScore([])).toBeNull()
    const once = scoreOf([says('a', 'malicious')])
    expect(scoreOf(Array.from({ length: 50 }, () => says('a', 'malicious'))).probability).toBe(once.probability)
  })

  it('cannot be bought with new accounts: two hundred strangers are worth less than four, and do not look sure', () => {
    const crowd = Array.from({ length: 200 }, (_, index) => says(`stranger ${index}`, 'malicious'))
    const against = [says('good', 'benign'), says('better', 'benign')]
    const counts = [...known('good', 95), ...known('better', 98)]
    const { probability, interval } = scoreOf([...crowd, ...against], counts)
    expect(probability).toBeLessThan(0.5)
    expect(interval[1] - interval[0]).toBeGreaterThan(0.3)
    const four = Array.from({ length: 4 }, (_, index) => says(`stranger ${index}`, 'malicious'))
    const apart = four.reduce((odds) => odds * 4, 1)
    const { probability: crowded } = scoreOf(crowd)
    expect(crowded / (1 - crowded)).toBeLessThan(apart)
  })

  it('gives a probability within its interval that is made of the prior and what each one moved', () => {
    const judgement = fc.record({
      judge: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      verdict: fc.constantFrom<Verdict>('malicious', 'benign'),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    const artifact = fc.record({
      id: fc.constantFrom('1', '2', '3', undefined),
      fileType: fc.constantFrom('pe', 'pdf', '__proto__'),
      judgements: fc.array(judgement, { maxLength: 5 }),
      truth: fc.constantFrom<Verdict | null>('malicious', 'benign', null),
    })
    fc.assert(
      fc.property(
        fc.array(artifact, { maxLength: 40 }),
        fc.array(judgement, { minLength: 1, maxLength: 9 }),
        (past, now) => {
          const record = new TrackRecord()
          for (const each of past) record.learn(each)
          const score = polyScore(now, { record, fileType: 'pe' })
          if (!score) throw new Error('somebody has answered')
          const { probability, interval, contributions } = score
          expect(probability).toBeGreaterThanOrEqual(interval[0])
          expect(probability).toBeLessThanOrEqual(interval[1])
          const { for: a, against: b } = record.baseOf('pe')
          const logOdds = contributions.reduce((sum, { moved }) => sum + moved, Math.log(a / b))
          expect(Math.log(probability / (1 - probability))).toBeCloseTo(logOdds, 6)
          expect(new Set(contributions.map(({ judge }) => judge)).size).toBe(contributions.length)
        },
      ),
    )
  })
})

describe('betaQuantile', () => {
  it.each([
    [{ for: 1, against: 1 }, 0.3, 0.3],
    [{ for: 2, against: 1 }, 0.25, 0.5],
    [{ for: 1, against: 3 }, 0.875, 0.5],
    [{ for: 50, against: 50 }, 0.5, 0.5],
  ])('of %j at %d', (beta, level, expected) => {
    expect(betaQuantile(beta, level)).toBeCloseTo(expected, 6)
  })
})

function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}
