import { withEnds } from '@polyswarm/protocol'
import { scanInTime } from '../analysis/timely-scan.js'
import { formatOf } from '../artifacts/file-format.js'
import type { ArtifactSource } from '../download/artifact-source.js'
import { abstain, type Finding } from '../findings/finding.js'
import { Semaphore } from '../semaphore.js'
import type { Microengine, ScanRequest } from './microengine.js'

/** What is scanned, and until when. */
export interface BountyScanOptions {
  engine: Pick<Microengine, 'getArtifact' | 'scan'>
  source: ArtifactSource
  /** Everything of a scan but the bytes and the signal, by artifact; null for one that is not to be looked at, and why. */
  artifacts: readonly (Omit<ScanRequest, 'content' | 'signal'> | { skip: string })[]
  /** Fires when what has not been said by then comes too late. Its reason is a TimeoutError, or the process stops. */
  signal: AbortSignal
  /** Told of each scan: what came out, the type of the file, and the milliseconds it took. */
  scanned?: (index: number, finding: Finding, fileType: string, duration: number) => void
}

const FETCHES = 4
const SCANS = 16
/** A scan that takes longer, in milliseconds, gives its place to another: a backend that hangs must not hold up the rest. */
const SLOW_SCAN_MS = 1_000
const MOST_SCANS = 64
/** Bytes of fetched artifacts that are kept for their scan; what is above is fetched again when its turn comes. */
const KEPT_BYTES = 64 * 1024 * 1024

/**
 * Fetches and judges all artifacts of a bounty. Fetching does not wait for scans, so that the content addresses are proved in
 * time whatever the backends do; a scan that is not over when the signal fires is an abstention of its own, and no more.
 *
 * @returns one finding for each artifact.
 * @throws what fetching throws, and the signal's reason where not everything could be fetched in time.
 */
export function scanBounty(options: BountyScanOptions): Promise<Finding[]> {
  return withEnds([options.signal], (end) => scanUntil(options, end))
}

async function scanUntil(options: BountyScanOptions, end: AbortController): Promise<Finding[]> {
  const { engine, source, artifacts } = options
  const { signal } = end
  const places = new Semaphore(SCANS)
  const all = new Semaphore(MOST_SCANS)
  const scans: Promise<Finding>[] = []
  let keptBytes = 0
  let next = 0
  const fetcher = async (): Promise<void> => {
    for (let index = next++; index < artifacts.length; index = next++) {
      const artifact = artifacts[index]
      if (artifact && 'skip' in artifact && source.isProven) {
        scans[index] = Promise.resolve(abstain(artifact.skip))
        continue
      }
      const content = await engine.getArtifact(source, index, signal)
      if (!artifact) throw new RangeError(`There is no artifact ${index}.`)
      if ('skip' in artifact) {
        scans[index] = Promise.resolve(abstain(artifact.skip))
        continue
      }
      const { length } = content
      const kept = keptBytes + length <= KEPT_BYTES ? content : undefined
      if (kept) keptBytes += length
      scans[index] = scanOne({ ...options, signal }, index, kept, places, all).finally(() => {
        if (kept) keptBytes -= length
      })
    }
  }
  try {
    await Promise.all(Array.from({ length: FETCHES }, fetcher))
    source.verify()
  } catch (error) {
    end.abort(error)
    await Promise.allSettled(scans)
    throw error
  }
  return Promise.all(scans)
}

async function scanOne(
  { engine, source, artifacts, signal, scanned }: BountyScanOptions,
  index: number,
  kept: Uint8Array | undefined,
  places: Semaphore,
  all: Semaphore,
): Promise<Finding> {
  const tooLate = (): Finding => abstain('there was no time left for a scan')
  let leave = (): void => undefined
  let leaveAll = (): void => undefined
  try {
    leaveAll = await all.enter(signal)
    leave = await places.enter(signal)
    const content = kept ?? (await engine.getArtifact(source, index, signal))
    const artifact = artifacts[index]
    if (!artifact || 'skip' in artifact) return tooLate()
    const start = performance.now()
    const timer = setTimeout(leave, SLOW_SCAN_MS)
    const finding = await scanInTime(() => engine.scan({ ...artifact, content, signal }), signal).finally(() =>
      clearTimeout(timer),
    )
    scanned?.(index, finding, formatOf(content).name, performance.now() - start)
    return finding
  } catch {
    return tooLate()
  } finally {
    leave()
    leaveAll()
  }
}
