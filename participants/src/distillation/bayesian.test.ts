import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { abstain, benign, malicious, suspicious, unknown } from '../microengine/finding.ts'
import { bayesian } from './bayesian.ts'
import { betaQuantile } from './beta.ts'
import { conclude } from './conclude.ts'
import { type JudgedCount, TrackRecord } from './track-record.ts'

/** A backend that was right about so many of a hundred malicious and a hundred benign files of a type. */
function known(backend: string, hits: number, fileType = 'pe', scale = 1): JudgedCount[] {
  const count = (said: 'malicious' | 'benign', isMalicious: boolean, n: number): JudgedCount => ({
    backend,
    fileType,
    said,
    malicious: isMalicious,
    count: Math.round(n * scale),
  })
  return [
    count('malicious', true, hits),
    count('benign', true, 100 - hits),
    count('benign', false, hits),
    count('malicious', false, 100 - hits),
  ]
}

const says = (backend: string, outcome: 'malicious' | 'benign', confidence = 1) => ({ backend, outcome, confidence })

describe('bayesian', () => {
  it('is what Bayes says where accuracy is known well', () => {
    const record = new TrackRecord(known('a', 90, 'pe', 100))
    const { probability } = bayesian([says('a', 'malicious')], record, 'pe')
    expect(probability).toBeCloseTo(0.9, 2)
    const two = bayesian(
      [says('a', 'malicious'), says('b', 'malicious')],
      new TrackRecord([...known('a', 90, 'pe', 100), ...known('b', 80, 'pe', 100)]),
      'pe',
    )
    expect(two.probability).toBeCloseTo((0.9 * 0.8) / (0.9 * 0.8 + 0.1 * 0.2), 2)
  })

  it('believes the one that was right more often, and tells who moved it by how much', () => {
    const record = new TrackRecord([...known('good', 95), ...known('poor', 60)])
    const { probability, contributions } = bayesian([says('poor', 'malicious'), says('good', 'benign')], record, 'pe')
    expect(probability).toBeLessThan(0.2)
    expect(contributions.map(({ backend }) => backend)).toEqual(['good', 'poor'])
    const [first, second] = contributions
    expect(first?.logOdds).toBeLessThan(0)
    expect(second?.logOdds).toBeGreaterThan(0)
    expect(first?.cases).toBe(200)
  })

  it('turns a backend that is mostly wrong around', () => {
    const { probability } = bayesian([says('contrary', 'malicious')], new TrackRecord(known('contrary', 10)), 'pe')
    expect(probability).toBeLessThan(0.2)
  })

  it('judges by the type of file where there is enough of it, else by all files', () => {
    const record = new TrackRecord([...known('a', 95, 'pdf'), ...known('a', 50, 'pe'), ...known('a', 95, 'zip', 0.05)])
    const on = (fileType: string) => bayesian([says('a', 'malicious')], record, fileType).probability
    expect(on('pdf')).toBeGreaterThan(0.9)
    expect(on('pe')).toBeLessThan(0.55)
    expect(on('zip')).toBeCloseTo(on('never seen'), 10)
  })

  it('counts less what is said with less confidence', () => {
    const record = new TrackRecord(known('a', 90))
    const at = (confidence: number) => bayesian([says('a', 'malicious', confidence)], record, 'pe').probability
    expect(at(0)).toBeCloseTo(0.5, 5)
    expect(at(0.5)).toBeGreaterThan(at(0))
    expect(at(1)).toBeGreaterThan(at(0.5))
  })

  it('is honest: the interval is wide at first, narrows with cases, and holds the truth 19 times out of 20', () => {
    const width = (counts: JudgedCount[]) => {
      const { interval } = bayesian([says('a', 'malicious')], new TrackRecord(counts), 'pe')
      return interval[1] - interval[0]
    }
    expect(width([])).toBeGreaterThan(0.5)
    expect(width(known('a', 90, 'pe', 1))).toBeLessThan(width(known('a', 90, 'pe', 0.2)))
    const base = [true, false].map((malicious) => ({ ...known('', 50)[0], malicious, count: 5_000 }) as JudgedCount)
    expect(width([...known('a', 90, 'pe', 100), ...base])).toBeLessThan(0.05)

    // Many backends of all kinds of accuracy, each seen on 60 files: how often is what it is worth within the interval?
    let held = 0
    const runs = 400
    const random = generator(7)
    for (let run = 0; run < runs; run++) {
      const [sensitivity, specificity] = [0.55 + 0.4 * random(), 0.55 + 0.4 * random()]
      const draw = (n: number, share: number) =>
        Array.from({ length: n }, () => random() < share).filter(Boolean).length
      const [hits, acquittals] = [draw(30, sensitivity), draw(30, specificity)]
      const record = new TrackRecord([
        { backend: 'a', fileType: 'pe', said: 'malicious', malicious: true, count: hits },
        { backend: 'a', fileType: 'pe', said: 'benign', malicious: true, count: 30 - hits },
        { backend: 'a', fileType: 'pe', said: 'benign', malicious: false, count: acquittals },
        { backend: 'a', fileType: 'pe', said: 'malicious', malicious: false, count: 30 - acquittals },
        { backend: '', fileType: 'pe', said: 'malicious', malicious: true, count: draw(200, 0.5) },
        { backend: '', fileType: 'pe', said: 'malicious', malicious: false, count: 100 },
      ])
      const truth = sensitivity / (sensitivity + (1 - specificity))
      const { interval } = bayesian([says('a', 'malicious')], record, 'pe')
      if (truth >= interval[0] && truth <= interval[1]) held++
    }
    expect(held / runs).toBeGreaterThan(0.93)
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

describe('conclude', () => {
  const from = (...findings: ReturnType<typeof benign>[]) =>
    findings.map((finding, index) => ({ backend: `b${index}`, finding }))
  const policy = fc.constantFrom('any' as const, 'unanimous' as const, 'weighted' as const, 'bayesian' as const)
  const finding = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }).map((confidence) => malicious({ confidence })),
    fc.double({ min: 0, max: 1, noNaN: true }).map((confidence) => benign({ confidence })),
    fc.constantFrom(suspicious(), unknown(), abstain('why not')),
  )

  it('gives under every policy a probability within its interval, and what everybody said', () => {
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 5 }), policy, (findings, chosen) => {
        const verdict = conclude(from(...findings), { policy: chosen, record: new TrackRecord(), fileType: 'pe' })
        expect(verdict.opinions).toHaveLength(findings.length)
        if (verdict.outcome !== 'malicious' && verdict.outcome !== 'benign') return
        const [low, high] = verdict.interval ?? [1, 0]
        expect(verdict.probability).toBeGreaterThanOrEqual(low - 1e-9)
        expect(verdict.probability).toBeLessThanOrEqual(high + 1e-9)
        expect((verdict.probability ?? 0) >= 0.5).toBe(verdict.outcome === 'malicious' || verdict.probability === 0.5)
        expect(findings.some(({ outcome }) => outcome === 'malicious' || outcome === 'benign')).toBe(true)
      }),
    )
  })

  it('explains a Bayesian verdict in words, and keeps the family', () => {
    const record = new TrackRecord([...known('b0', 95), ...known('b1', 60)])
    const verdict = conclude(from(malicious({ family: 'Bad' }), benign()), {
      policy: 'bayesian',
      record,
      fileType: 'pe',
    })
    expect(verdict).toMatchObject({ outcome: 'malicious', family: 'Bad' })
    expect(verdict.reason).toMatch(
      /% malicious: b0 made malicious [\d.]+ times as likely \(200 settled\), b1 made benign/,
    )
  })

  it('has no opinion where nobody has one, or the odds are even', () => {
    const options = { policy: 'bayesian' as const, record: new TrackRecord(), fileType: 'pe' }
    expect(conclude(from(unknown(), abstain('x')), options).outcome).toBe('unknown')
    expect(conclude(from(malicious(), benign()), options).outcome).toBe('unknown')
  })
})

function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}
