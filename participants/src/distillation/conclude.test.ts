import { type JudgedCount, TrackRecord } from '@polyswarm/protocol/polyscore'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { abstain, benign, malicious, suspicious, unknown } from '../findings/finding.ts'
import { conclude } from './conclude.ts'

/** A backend that was right about so many of a hundred malicious and a hundred benign files. */
function known(judge: string, hits: number): JudgedCount[] {
  const count = (said: 'malicious' | 'benign', isMalicious: boolean, n: number): JudgedCount => ({
    judge,
    fileType: 'pe',
    said,
    malicious: isMalicious,
    count: n,
  })
  return [
    count('malicious', true, hits),
    count('benign', true, 100 - hits),
    count('benign', false, hits),
    count('malicious', false, 100 - hits),
  ]
}

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
      /^[\d.]+ % malicious\. b0 says malicious: malicious is [\d.]+ times as likely \(right on 95 of 100 malicious and 95 of 100 benign of this kind\)\. b1 says benign/,
    )
  })

  it('has no opinion where nobody has one, or the odds are even', () => {
    const options = { policy: 'bayesian' as const, record: new TrackRecord(), fileType: 'pe' }
    expect(conclude(from(unknown(), abstain('x')), options).outcome).toBe('unknown')
    expect(conclude(from(malicious(), benign()), options).outcome).toBe('unknown')
  })
})
