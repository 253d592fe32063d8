import { TrackRecord } from '@polyswarm/protocol/polyscore'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnalysisBackend } from '../analysis/analysis-backend.ts'
import { runBackends } from '../analysis/backend-runner.ts'
import { eicarBackend } from '../backends/eicar/eicar-backend.ts'
import { MultiBackend } from '../backends/multi/multi-backend.ts'
import { parseAnswer } from '../findings/backend-answer.ts'
import { abstain, benign, checkFinding, type Finding, malicious, suspicious, unknown } from '../findings/finding.ts'
import { UNSEEN_KINDS } from '../findings/unseen.ts'
import { conclude } from './conclude.ts'
import { DISTILLATION_POLICIES } from './policies.ts'

const share = fc.double({ min: 0, max: 1, noNaN: true })
const partial: fc.Arbitrary<Finding> = fc.oneof(
  fc.constantFrom(...UNSEEN_KINDS).map((unseen) => unknown({ unseen })),
  fc.constantFrom(...UNSEEN_KINDS).map((unseen) => ({ ...abstain('no time'), unseen })),
  fc.constantFrom(...UNSEEN_KINDS).map((unseen) => suspicious({ unseen })),
  fc.constant(suspicious()),
)
const finding: fc.Arbitrary<Finding> = fc.oneof(
  { weight: 3, arbitrary: share.map((confidence) => benign({ confidence })) },
  share.map((confidence) => malicious({ confidence })),
  fc.constantFrom(unknown(), abstain('why not')),
  partial,
)
const policy = fc.constantFrom(...DISTILLATION_POLICIES)
const some = fc.array(finding, { maxLength: 5 })
const settings = { numRuns: 1_000 }

const backendOf = (finding: Finding, name: string): AnalysisBackend => ({
  name,
  versions: {},
  setup: async () => undefined,
  analyze: async () => finding,
  teardown: async () => undefined,
})
const request = { content: new Uint8Array(1), artifactType: 'file' as const, metadata: {} }
const as = (policy: (typeof DISTILLATION_POLICIES)[number]) => ({ policy, record: new TrackRecord(), fileType: 'pe' })

describe('what was not all looked at', () => {
  it('is benign under no policy, whoever else says so', () => {
    fc.assert(
      fc.property(some, partial, some, policy, (before, blocking, after, chosen) => {
        const all = [...before, blocking, ...after].map((finding, index) => ({ backend: `b${index}`, finding }))
        expect(conclude(all, as(chosen)).outcome).not.toBe('benign')
      }),
      settings,
    )
  })

  it('changes nothing else: the same findings without it give the same, or benign', () => {
    fc.assert(
      fc.property(some, policy, (findings, chosen) => {
        const named = findings.map((finding, index) => ({ backend: `b${index}`, finding }))
        const seen = named.map(({ backend, finding: { unseen: _, ...rest } }) => ({ backend, finding: rest }))
        const [withIt, without] = [conclude(named, as(chosen)).outcome, conclude(seen, as(chosen)).outcome]
        if (withIt !== without) expect([withIt, without]).toEqual(['unknown', 'benign'])
      }),
      settings,
    )
  })

  it('is benign through no backend of several, however they are put together', async () => {
    const group = fc.tuple(some, fc.constantFrom('any' as const, 'unanimous' as const, 'weighted' as const))
    await fc.assert(
      fc.asyncProperty(group, partial, policy, fc.nat(5), async ([inner, how], blocking, chosen, place) => {
        const parts = [...inner.slice(0, place), blocking, ...inner.slice(place)]
        const multi = new MultiBackend(
          parts.map((finding, index) => backendOf(finding, `part${index}`)),
          how,
        )
        const backends = [backendOf(benign(), 'sure'), multi]
        const findings = await runBackends(backends, { ...request, signal: AbortSignal.timeout(20_000) }, 20_000)
        const suspectOnly = blocking.unseen === undefined
        // Backends that disagree have no opinion together, and what one of them suspects is not handed on.
        if (!suspectOnly) expect(conclude(findings, as(chosen)).outcome).not.toBe('benign')
      }),
      { numRuns: 300 },
    )
  })

  it('gives its reason', () => {
    const unseen = { backend: 'a', finding: unknown({ unseen: 'encrypted', reason: 'a.zip: it is encrypted' }) }
    for (const chosen of DISTILLATION_POLICIES) {
      const verdict = conclude([{ backend: 'b', finding: benign() }, unseen], as(chosen))
      expect(verdict).toMatchObject({ outcome: 'unknown', reason: 'a.zip: it is encrypted', unseen: 'encrypted' })
    }
  })

  it('is said by programs and services, too, and can not be called benign in the same breath', () => {
    const text = '{"outcome":"benign","confidence":1,"unseen":"encrypted"}'
    expect(parseAnswer('http', text).finding).toMatchObject({ outcome: 'unknown', unseen: 'encrypted' })
    expect(checkFinding({ outcome: 'malicious', confidence: 1, unseen: 'limit' }).outcome).toBe('malicious')
    expect(checkFinding({ outcome: 'unknown', confidence: 0, unseen: 'nonsense' }).outcome).toBe('abstain')
  })

  it('is not what a failure says, which costs its own finding only', async () => {
    const failing: AnalysisBackend = {
      ...eicarBackend(),
      name: 'failing',
      analyze: () => Promise.reject(new Error('no')),
    }
    const signal = AbortSignal.timeout(20_000)
    const findings = await runBackends([failing, eicarBackend()], { ...request, signal }, 20_000)
    for (const chosen of DISTILLATION_POLICIES) expect(conclude(findings, as(chosen)).outcome).toBe('benign')
  })
})
