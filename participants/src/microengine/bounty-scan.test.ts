import { newGuid } from '@polyswarm/protocol'
import { describe, expect, it, vi } from 'vitest'
import type { ArtifactSource } from '../download/artifact-source.ts'
import { benign, type Finding } from '../findings/finding.ts'
import { scanBounty } from './bounty-scan.ts'
import { Microengine, type ScanRequest } from './microengine.ts'

const guid = newGuid()

/** A source without a network; what it does is counted. */
function sourceOf(count: number, size = 10) {
  const fetched: number[] = []
  let held = 0
  const source = {
    fetch: async (index: number) => {
      fetched.push(index)
      held++
      return new Uint8Array(size).fill(index)
    },
    verify: vi.fn(() => {
      if (new Set(fetched).size !== count) throw new Error('not all were fetched')
    }),
  }
  return { source: source as unknown as ArtifactSource, fetched, verify: source.verify, held: () => held }
}

function engineOf(scan: (request: ScanRequest) => Promise<Finding>): Microengine {
  return new (class Test extends Microengine {
    override scan = scan
  })()
}

const artifactsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ guid, index, artifactType: 'file' as const, metadata: {} }))

describe('scanBounty', () => {
  it('judges the rest when more artifacts hang than are scanned at a time, before its time is over', async () => {
    const { source, verify } = sourceOf(40)
    const engine = engineOf(({ index, signal }) =>
      index < 20
        ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        : Promise.resolve(benign()),
    )
    const stop = new AbortController()
    let said = 0
    const scanned = (): void => {
      if (++said === 20) stop.abort(new DOMException('The time is over.', 'TimeoutError'))
    }
    const findings = await scanBounty({ engine, source, artifacts: artifactsOf(40), signal: stop.signal, scanned })
    expect(findings.map(({ outcome }) => outcome)).toEqual([...Array(20).fill('abstain'), ...Array(20).fill('benign')])
    expect(verify).toHaveBeenCalledOnce()
  })

  it('ends with its time, even if the engine does not listen', async () => {
    const { source } = sourceOf(3)
    const engine = engineOf(({ index }) => (index === 1 ? new Promise(() => undefined) : Promise.resolve(benign())))
    const findings = await scanBounty({ engine, source, artifacts: artifactsOf(3), signal: AbortSignal.timeout(50) })
    expect(findings.map(({ outcome }) => outcome)).toEqual(['benign', 'abstain', 'benign'])
  })

  it('takes an error or nonsense of one scan for an abstention on that artifact', async () => {
    const { source } = sourceOf(3)
    const engine = engineOf(async ({ index }) => {
      if (index === 0) throw new Error('no licence')
      return index === 1 ? ({ verdict: true } as never) : benign()
    })
    const findings = await scanBounty({ engine, source, artifacts: artifactsOf(3), signal: AbortSignal.timeout(5_000) })
    expect(findings.map(({ outcome }) => outcome)).toEqual(['abstain', 'abstain', 'benign'])
    expect(findings[0]?.reason).toContain('no licence')
  })

  it('holds only so much in memory: what is above is fetched again for its scan', async () => {
    const size = 20 * 1024 * 1024
    const { source, fetched } = sourceOf(8, size)
    const seen: number[] = []
    const engine = engineOf(async ({ index, content }) => {
      expect(content[0]).toBe(index)
      seen.push(index)
      return benign()
    })
    const release = Promise.withResolvers<void>()
    const slow = engineOf(async (request) => {
      await release.promise
      return engine.scan(request)
    })
    const scan = scanBounty({ engine: slow, source, artifacts: artifactsOf(8), signal: AbortSignal.timeout(20_000) })
    await vi.waitFor(() => expect(new Set(fetched).size).toBe(8), 60_000)
    release.resolve()
    expect((await scan).every(({ outcome }) => outcome === 'benign')).toBe(true)
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(fetched.length).toBeGreaterThan(8)
  })

  it('fetches what the filters leave out, to prove the address of the whole, and does not scan it', async () => {
    const { source, fetched } = sourceOf(2)
    const scanned: number[] = []
    const engine = engineOf(async ({ index }) => {
      scanned.push(index)
      return benign()
    })
    const [first] = artifactsOf(1)
    if (!first) throw new Error('There is one.')
    const artifacts = [{ skip: 'not accepted' }, { ...first, index: 1 }]
    const findings = await scanBounty({ engine, source, artifacts, signal: AbortSignal.timeout(5_000) })
    expect(findings[0]).toMatchObject({ outcome: 'abstain', reason: 'not accepted' })
    expect(scanned).toEqual([1])
    expect(fetched.sort()).toEqual([0, 1])
  })

  it('ends at once when an artifact cannot be had, with its error', async () => {
    const { source } = sourceOf(5)
    const engine = engineOf(() => new Promise(() => undefined))
    engine.getArtifact = async (_source, index) => {
      if (index === 3) throw new Error('mismatch')
      return new Uint8Array(1)
    }
    const scan = scanBounty({ engine, source, artifacts: artifactsOf(5), signal: AbortSignal.timeout(20_000) })
    await expect(scan).rejects.toThrow('mismatch')
  })
})
