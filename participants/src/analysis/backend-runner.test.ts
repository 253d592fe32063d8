import { describe, expect, it } from 'vitest'
import { benign, type Finding } from '../findings/finding.ts'
import type { AnalysisBackend } from './analysis-backend.ts'
import { runBackends } from './backend-runner.ts'

function backend(name: string, analyze: AnalysisBackend['analyze']): AnalysisBackend {
  return { name, versions: {}, setup: async () => undefined, analyze, teardown: async () => undefined }
}

function request(signal: AbortSignal = new AbortController().signal) {
  return { content: new Uint8Array(3), artifactType: 'file' as const, metadata: {}, signal }
}

const good = backend('good', async () => benign({ confidence: 0.9 }))
const hanging = backend('hanging', () => new Promise<Finding>(() => undefined))

describe('runBackends', () => {
  it('lets a backend that fails cost its own finding only', async () => {
    const failing = backend('failing', async () => {
      throw new Error('engine not licensed')
    })
    const [first, second] = await runBackends([failing, good], request(), 1_000)
    expect(first?.finding).toMatchObject({ outcome: 'abstain', reason: 'failing failed: engine not licensed' })
    expect(second?.finding).toEqual(benign({ confidence: 0.9 }))
  })

  it('goes on without a backend that does not answer within the limit', async () => {
    const [first, second] = await runBackends([hanging, good], request(), 20)
    expect(first?.finding.outcome).toBe('abstain')
    expect(second?.finding.outcome).toBe('benign')
  })

  it('ends with the signal, and hands it on', async () => {
    const stop = new AbortController()
    const seen = Promise.withResolvers<void>()
    const polite = backend('polite', ({ signal }) => {
      signal.addEventListener('abort', () => seen.resolve())
      stop.abort()
      return new Promise<Finding>(() => undefined)
    })
    const [only] = await runBackends([polite], request(stop.signal), 60_000)
    expect(only?.finding.outcome).toBe('abstain')
    await seen.promise
  })

  it.each([
    ['nothing', undefined],
    ['a boolean', true],
    ['an unknown outcome', { outcome: 'clean', confidence: 1 }],
    ['too much confidence', { outcome: 'malicious', confidence: 1.2 }],
    ['no number', { outcome: 'benign', confidence: Number.NaN }],
    ['a family that is no text', { outcome: 'malicious', confidence: 1, family: { a: 1 } }],
  ])('does not take %s for a finding', async (_name, answer) => {
    const [only] = await runBackends([backend('odd', async () => answer as never)], request(), 1_000)
    expect(only?.finding.outcome).toBe('abstain')
  })
})
