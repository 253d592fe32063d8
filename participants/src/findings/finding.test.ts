import { parseJson, stringifyJson } from '@polyswarm/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostileJson, hostileObject } from '../../../test/support/hostile-json.ts'
import { AnalysisError } from '../errors.ts'
import { assertionMetadata } from '../microengine/assertion-metadata.ts'
import { recordsOf } from '../microengine/engine-records.ts'
import { bidFor } from '../staking/strategies.ts'
import { parseAnswer } from './backend-answer.ts'
import { abstain, benign, checkFinding, malicious } from './finding.ts'

const findings = hostileObject({ outcome: '"malicious"', confidence: '1', family: '"F"', metadata: '{"a":1}' })
const settings = { numRuns: 300, endOnFailure: true }

/** What is made of a finding once it is one: none of it may throw. */
function use(value: unknown): void {
  const finding = checkFinding(value)
  recordsOf(finding, 0, 'unknown')
  const document = assertionMetadata([finding], { name: 'engine', versions: {} })
  expect(stringifyJson(document).length).toBeLessThan(4 * 1024)
}

describe('a finding', () => {
  it('that does not say how sure it is bets neither the least nor the most', () => {
    const range = { minimum: 100n, maximum: 200n }
    for (const verdict of [benign(), malicious()]) {
      const bid = bidFor('default', verdict.confidence, range)
      expect(bid > bidFor('default', 0, range) && bid < bidFor('default', 1, range)).toBe(true)
    }
    expect(malicious({ confidence: 1 }).confidence).toBe(1)
  })

  it('that is a verdict is revealed with how sure it is, and one that is none is not', () => {
    const findings = [
      malicious({ confidence: 0.75 }),
      benign(),
      abstain('empty'),
      benign({ metadata: { confidence: 'high' } }),
    ]
    const said = assertionMetadata(findings, { name: 'engine', versions: {} })
    expect(said.map(({ confidence }) => confidence)).toEqual([0.75, benign().confidence, undefined, 'high'])
  })

  it('that is anything at all becomes one, or an abstention', { timeout: 180_000 }, () => {
    fc.assert(
      fc.property(fc.oneof(findings, hostileJson), (text) => {
        let value: unknown
        try {
          value = parseJson(text)
        } catch {
          return
        }
        use(value)
      }),
      settings,
    )
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }), use),
    )
  })

  it('keeps integers of any size in its metadata, and nothing that is too large for a document', () => {
    const said = parseJson(`{"outcome":"benign","confidence":1,"metadata":{"hash":${'9'.repeat(40)}}}`)
    expect(checkFinding(said).metadata).toEqual({ hash: BigInt('9'.repeat(40)) })
    expect(checkFinding({ outcome: 'benign', confidence: 1, metadata: { text: 'x'.repeat(4_000) } })).toEqual({
      outcome: 'benign',
      confidence: 1,
    })
  })

  it('of a program is read, or refused as that of a program', { timeout: 180_000 }, () => {
    fc.assert(
      fc.property(fc.oneof(findings, hostileJson, fc.string()), (text) => {
        try {
          parseAnswer('command', text)
        } catch (error) {
          expect(error).toBeInstanceOf(AnalysisError)
        }
      }),
      settings,
    )
  })
})
