import { describe, expect, it } from 'vitest'
import type { AnalysisBackend } from '../../analysis/analysis-backend.ts'
import { eicarTestFile } from '../../artifacts/eicar.ts'
import { benign, malicious, unknown } from '../../findings/finding.ts'
import { loadMicroengine } from '../../microengine/load-backend.ts'
import { eicarBackend } from '../eicar/eicar-backend.ts'
import { MultiBackend } from './multi-backend.ts'

const calls: string[] = []

function backend(name: string, analyze: AnalysisBackend['analyze']): AnalysisBackend {
  return {
    name,
    versions: { vendor: `${name} 1` },
    setup: async () => void calls.push(`setup ${name}`),
    analyze,
    teardown: async () => void calls.push(`teardown ${name}`),
  }
}

const request = (content: Uint8Array = new Uint8Array(1)) => ({
  content,
  artifactType: 'file' as const,
  metadata: {},
  signal: AbortSignal.timeout(5_000),
})

describe('the multi backend', () => {
  it('sets all of them up and down, and names their versions', async () => {
    const multi = new MultiBackend([backend('a', async () => benign()), backend('b', async () => benign())])
    await multi.setup()
    await multi.teardown()
    expect(calls).toEqual(['setup a', 'setup b', 'teardown a', 'teardown b'])
    expect(multi.versions).toEqual({ vendor: 'a a 1; b b 1' })
  })

  it('does not let one failure fail the finding of another', async () => {
    const failing = backend('failing', async () => Promise.reject(new Error('no')))
    const multi = new MultiBackend([failing, eicarBackend()])
    expect(await multi.analyze(request(eicarTestFile()))).toMatchObject({ outcome: 'malicious' })
  })

  it('has no opinion where nobody has, and takes the family of the one that convicts', async () => {
    const multi = new MultiBackend([backend('a', async () => unknown()), backend('b', async () => unknown())])
    expect((await multi.analyze(request())).outcome).toBe('unknown')
    const clean = backend('first', async () => benign({ family: '' }))
    const convicting = backend('second', async () => malicious({ family: 'Bad' }))
    expect(await new MultiBackend([clean, convicting]).analyze(request())).toMatchObject({ family: 'Bad' })
  })

  it('is named on the command line with its parts', async () => {
    const engine = await loadMicroengine(['multi:eicar+entropy'], {})
    const { signal } = new AbortController()
    const scan = {
      guid: '' as never,
      index: 0,
      content: eicarTestFile(),
      artifactType: 'file' as const,
      metadata: {},
      signal,
    }
    expect(await engine.scan(scan)).toMatchObject({ outcome: 'malicious' })
    await expect(loadMicroengine(['multi:eicar+nothing'], {})).rejects.toThrow('nothing is not a shipped backend')
    await expect(loadMicroengine(['multi:multi'], {})).rejects.toThrow('multi is not a shipped backend')
  })
})
