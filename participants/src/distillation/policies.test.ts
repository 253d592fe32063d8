import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BackendFinding } from '../findings/backend-finding.ts'
import { abstain, benign, type Finding, malicious, suspicious, unknown } from '../findings/finding.ts'
import { distill } from './policies.ts'

function from(...findings: Finding[]): BackendFinding[] {
  return findings.map((finding, index) => ({ backend: `b${index}`, finding }))
}

const finding: fc.Arbitrary<Finding> = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }).map((confidence) => malicious({ confidence })),
  fc.double({ min: 0, max: 1, noNaN: true }).map((confidence) => benign({ confidence })),
  fc.constantFrom(suspicious(), unknown(), abstain('why not')),
)

describe('distill', () => {
  it('convicts on any malicious finding, with the highest confidence and its family', () => {
    const verdict = distill(from(benign(), malicious({ confidence: 0.4 }), malicious({ confidence: 0.9, family: 'F' })))
    expect(verdict).toEqual({ outcome: 'malicious', confidence: 0.9, family: 'F' })
  })

  it('does not call benign what somebody finds suspicious', () => {
    expect(distill(from(benign(), suspicious())).outcome).toBe('suspicious')
  })

  it('has no opinion where the unanimous disagree', () => {
    expect(distill(from(benign(), malicious()), 'unanimous').outcome).toBe('unknown')
    expect(distill(from(benign({ confidence: 0.6 }), abstain('x')), 'unanimous')).toEqual(benign({ confidence: 0.6 }))
  })

  it('weighs by weight and confidence', () => {
    const findings = from(malicious({ confidence: 0.9 }), benign({ confidence: 0.9 }))
    expect(distill(findings, 'weighted').outcome).toBe('unknown')
    expect(distill(findings, 'weighted', { b0: 2 }).outcome).toBe('malicious')
    expect(distill(findings, 'weighted', { b1: 2 }).outcome).toBe('benign')
  })

  it('keeps the reasons of those who abstain', () => {
    expect(distill(from(abstain('no licence'), abstain('too slow')))).toEqual(abstain('no licence; too slow'))
    expect(distill([]).outcome).toBe('abstain')
  })

  it('never says benign or malicious unless a backend did, under any policy', () => {
    fc.assert(
      fc.property(
        fc.array(finding, { maxLength: 6 }),
        fc.constantFrom('any' as const, 'unanimous' as const, 'weighted' as const),
        (findings, policy) => {
          const { outcome, confidence } = distill(from(...findings), policy)
          expect(confidence).toBeGreaterThanOrEqual(0)
          expect(confidence).toBeLessThanOrEqual(1)
          if (outcome === 'benign' || outcome === 'malicious') {
            expect(findings.map((each) => each.outcome)).toContain(outcome)
          }
        },
      ),
    )
  })
})
