import { PolySwarmError } from '@polyswarm/protocol'
import type { AnalysisBackend } from '../analysis/analysis-backend.js'
import { runBackends } from '../analysis/backend-runner.js'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { ArtifactSource } from '../download/artifact-source.js'
import { abstain } from '../findings/finding.js'
import { scanBounty } from '../microengine/bounty-scan.js'
import type { Semaphore } from '../semaphore.js'
import type { ScanAnswer } from './scan-answer.js'
import type { ScanJob } from './scan-job.js'

/** What a worker looks at artifacts with. */
export interface JobScanOptions {
  backend: AnalysisBackend
  /** Told of each scan that begins: it may go on when its time is over. */
  begun?: (scan: Promise<unknown>) => void
  /** Lets so many scans run at the same time; what is fetched meanwhile waits. */
  gate?: Semaphore | undefined
  client: PolyswarmdClient
  /** Bytes of the largest artifact that is fetched. */
  maxArtifactSize: number
  /** Milliseconds that the backend gets for an artifact. */
  scanTimeLimit: number
}

/**
 * Does one job: fetches the artifact, checks it against its content address, and has the backend look at it.
 *
 * @param signal fires when an answer would come too late.
 * @throws retryable errors where another attempt, here or elsewhere, can help.
 */
export async function scanForJob(
  { backend, begun, gate, client, maxArtifactSize: maxBytes, scanTimeLimit }: JobScanOptions,
  { guid, uri, numArtifacts, index, artifactType, metadata }: ScanJob,
  signal: AbortSignal,
): Promise<ScanAnswer> {
  const start = performance.now()
  let fileType = 'unknown'
  const watched: AnalysisBackend = {
    name: backend.name,
    versions: {},
    wantsMembers: backend.wantsMembers ?? false,
    setup: async () => undefined,
    analyze: async (request) => {
      const leave = await gate?.enter(request.signal)
      const scan = Promise.try(() => backend.analyze(request))
      begun?.(scan)
      return scan.finally(leave)
    },
    teardown: async () => undefined,
  }
  try {
    const wanted = new Set([index])
    const source = await ArtifactSource.open(client, { uri, numArtifacts, maxBytes, wanted }, signal)
    const findings = await scanBounty({
      engine: {
        getArtifact: (from, which, until) => from.fetch(which, until),
        scan: async (request) => {
          const [answer] = await runBackends([watched], request, scanTimeLimit)
          return answer?.finding ?? abstain('there is no backend')
        },
      },
      source,
      artifacts: Array.from({ length: numArtifacts }, (_, which) =>
        which === index ? { guid, index, artifactType, metadata } : { skip: 'it is not asked about' },
      ),
      signal,
      scanned: (_index, _finding, type) => {
        fileType = type
      },
    })
    const finding = findings[index] ?? abstain('there was no time left for a scan')
    return { finding, fileType, duration: performance.now() - start, versions: backend.versions }
  } catch (error) {
    if (signal.aborted) {
      const finding = abstain('the artifact could not be fetched in time')
      return { finding, fileType, duration: performance.now() - start, versions: backend.versions }
    }
    if (error instanceof PolySwarmError && !error.retryable) return { refused: error.message }
    throw error
  }
}
