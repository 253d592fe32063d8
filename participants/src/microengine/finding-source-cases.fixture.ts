import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { newGuid, PolySwarmError } from '@polyswarm/protocol'
import type { AnalysisBackend, AnalysisRequest } from '../analysis/analysis-backend.js'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { benign, type Finding, malicious } from '../findings/finding.js'
import type { ConformanceCase } from '../testing/conformance.js'
import type { FindingSource, ScanOrder } from './finding-source.js'

/** How a source of findings is tried. */
export interface FindingSourceOptions {
  /** Makes a source that has these backends look at artifacts of at most so many bytes, and says how to end all of it. */
  make: (
    backends: readonly AnalysisBackend[],
    maxArtifactSize: number,
  ) => Promise<{ source: FindingSource; end: () => Promise<void> }>
  /** Puts artifacts where they can be fetched. */
  upload: (contents: readonly Uint8Array[]) => Promise<{ client: PolyswarmdClient; uri: string }>
  /** Milliseconds that a working source needs for an artifact at the very most. */
  patience?: number
}

const LARGEST = 4_096
/** The name of a backend that never answers. */
const HANGS = 'hangs'

/** Milliseconds that workers give a backend in these cases: what hangs is to be let go of, the rest has all the time it needs. */
export function scanTimeLimitFor(backend: Pick<AnalysisBackend, 'name'>): number {
  return backend.name === HANGS ? 5_000 : 30_000
}

const MANY = 40

/** The rules of whatever an engine's front gets findings from, as test cases. */
export function findingSourceCases({ make, upload, patience = 30_000 }: FindingSourceOptions): ConformanceCase[] {
  const scan = async (
    backends: readonly AnalysisBackend[],
    contents: readonly string[],
    part: Partial<ScanOrder> = {},
  ): Promise<Awaited<ReturnType<FindingSource['scan']>>> => {
    const { client, uri } = await upload(contents.map((text) => Buffer.from(text)))
    const { source, end } = await make(backends, LARGEST)
    const artifacts = contents.map(() => ({ metadata: {} }))
    const order = { client, uri, guid: newGuid(), artifactType: 'file' as const, artifacts, timeLeft: patience }
    try {
      await source.setup()
      return await source.scan({ ...order, signal: AbortSignal.timeout(patience), ...part })
    } finally {
      await source.teardown()
      await end()
      client.close()
    }
  }
  return [
    {
      title: 'has a finding on each artifact, in their order',
      run: async () => {
        const scanned = await scan([backend('evil', findsEvil)], ['evil', 'good', 'evil too'])
        deepEqual(outcomes(scanned), ['malicious', 'benign', 'malicious'])
        equal(scanned[0]?.finding.family, 'Evil')
        equal(scanned[0]?.fileType, 'text')
      },
    },
    {
      title: 'keeps many artifacts apart',
      run: async () => {
        const contents = Array.from({ length: MANY }, (_, index) =>
          index % 3 === 0 ? `evil ${index}` : `good ${index}`,
        )
        const scanned = await scan([backend('evil', findsEvil)], contents)
        deepEqual(
          outcomes(scanned),
          contents.map((text) => (text.startsWith('evil') ? 'malicious' : 'benign')),
        )
      },
    },
    {
      title: 'tells backends what the ambassador says of each artifact',
      run: async () => {
        const reads = backend('reads', async ({ metadata }) => malicious({ family: String(metadata.name) }))
        const artifacts = [{ metadata: { name: 'first' } }, { metadata: { name: 'second' } }]
        const scanned = await scan([reads], ['one', 'two'], { artifacts })
        deepEqual(
          scanned.map(({ finding }) => finding.family),
          ['first', 'second'],
        )
      },
    },
    {
      title: 'leaves out what is not to be looked at, and says why',
      run: async () => {
        const artifacts = [{ skip: 'not wanted' }, { metadata: {} }]
        const scanned = await scan([backend('evil', findsEvil)], ['evil', 'good'], { artifacts })
        deepEqual(outcomes(scanned), ['abstain', 'benign'])
        equal(scanned[0]?.finding.reason, 'not wanted')
        equal(scanned[0]?.duration, undefined)
      },
    },
    {
      title: 'asks all backends, and says what each found',
      run: async () => {
        const trusting = backend('trusting', async () => benign())
        const [scanned] = await scan([backend('evil', findsEvil), trusting], ['evil'])
        equal(scanned?.finding.outcome, 'malicious')
        deepEqual(
          scanned?.finding.opinions?.map(({ backend: name, outcome }) => [name, outcome]),
          [
            ['evil', 'malicious'],
            ['trusting', 'benign'],
          ],
        )
      },
    },
    {
      title: 'takes an error or nonsense of a backend for an abstention of that backend',
      run: async () => {
        const fails = backend('fails', async () => Promise.reject(new Error('no licence')))
        const raves = backend('raves', async () => ({ verdict: true }) as never)
        const scanned = await scan([fails, raves], ['one'])
        deepEqual(outcomes(scanned), ['abstain'])
        deepEqual(
          scanned[0]?.finding.opinions?.map(({ outcome }) => outcome),
          ['abstain', 'abstain'],
        )
      },
    },
    {
      title: 'ends with its time, and keeps what was found until then',
      run: async () => {
        const stop = new AbortController()
        const hangs = backend(HANGS, async (request) =>
          Buffer.from(request.content).toString() === 'hang' ? new Promise(() => undefined) : findsEvil(request),
        )
        let found = 0
        const scanned = await scan([hangs], ['evil', 'hang', 'good'], {
          signal: stop.signal,
          scanned: () => {
            if (++found === 2) stop.abort(new DOMException('The time is over.', 'TimeoutError'))
          },
        })
        deepEqual(outcomes(scanned), ['malicious', 'abstain', 'benign'])
        match(String(scanned[1]?.finding.reason), /time/)
      },
    },
    {
      title: 'ends with an error when the process is to stop',
      run: async () => {
        const stop = new AbortController()
        const hangs = backend(HANGS, async () => {
          stop.abort(new DOMException('Stopped.', 'AbortError'))
          return new Promise(() => undefined)
        })
        const scanning = scan([hangs], ['one'], { signal: stop.signal })
        await scanning.then(
          (scanned) => deepEqual(outcomes(scanned), ['abstain']),
          (error: Error) => equal(error.name, 'AbortError'),
        )
      },
    },
    {
      title: 'refuses a bounty with an artifact that is too large',
      run: async () => {
        const scanning = scan([backend('evil', findsEvil)], ['small', 'x'.repeat(LARGEST + 1)])
        await rejects(scanning, (error) => error instanceof PolySwarmError && !error.retryable)
      },
    },
    {
      title: 'can be set up and torn down again and again',
      run: async () => {
        const { source, end } = await make([backend('evil', findsEvil)], LARGEST)
        await source.setup()
        await source.setup()
        await source.teardown()
        await source.teardown()
        await end()
      },
    },
  ]
}

function backend(name: string, analyze: (request: AnalysisRequest) => Promise<Finding>): AnalysisBackend {
  return { name, versions: { vendor: '1' }, setup: async () => undefined, analyze, teardown: async () => undefined }
}

async function findsEvil({ content }: AnalysisRequest): Promise<Finding> {
  return Buffer.from(content).toString().startsWith('evil') ? malicious({ family: 'Evil' }) : benign()
}

function outcomes(scanned: readonly { finding: Finding }[]): string[] {
  return scanned.map(({ finding }) => finding.outcome)
}
