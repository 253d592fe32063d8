import { basename } from 'node:path'
import { type ArtifactType, newGuid, withinTime } from '@polyswarm/protocol'
import { scanInTime } from '../analysis/timely-scan.js'
import { ARCHIVE_LIMITS } from '../archives/archive-limits.js'
import { formatOf } from '../artifacts/file-format.js'
import { openArchive } from '../examiner/open-archive.js'
import { type Finding, unknown } from '../findings/finding.js'
import type { Microengine } from '../microengine/microengine.js'
import { Semaphore } from '../semaphore.js'
import type { LocalArtifact } from './local-artifact.js'
import type { FoundArtifact } from './scan-target.js'

/** What an engine says of one artifact. */
export interface ScannedArtifact {
  name: string
  artifactType: ArtifactType
  finding: Finding
  /** From the first byte read to the finding. */
  milliseconds: number
  /** The members of an archive, archives within it included, where they were asked for. */
  members?: readonly ScannedArtifact[]
}

/** How artifacts are scanned. */
export interface LocalScanOptions {
  engine: Microengine
  /** Bytes of the largest artifact that is read. */
  maxArtifactSize: number
  /** Milliseconds that a backend gets for one artifact. */
  scanTimeLimit: number
  /** Whether the members of archives are scanned one by one, too. */
  members: boolean
  signal: AbortSignal
}

const SCANS = 8
/** Scans that are over and wait for one before them, so that a slow artifact does not hold up the others. */
const AHEAD = 64
/** Milliseconds that an engine gets beyond the limit of its backends. */
const GRACE = 1_000
/** Limits of time that the scan of all members of an archive may take. */
const MEMBERS_LIMITS = 10

/**
 * Has an engine judge artifacts of this machine, a few at a time. An artifact that cannot be read is `unknown`.
 *
 * @returns one answer for each, in their order; `passedOver` where there is no artifact.
 * @throws the signal's reason once it fires.
 */
export async function* scanLocally(
  found: AsyncIterable<FoundArtifact>,
  options: LocalScanOptions,
): AsyncGenerator<ScannedArtifact | { name: string; passedOver: string }> {
  const places = new Semaphore(SCANS)
  const scans: Promise<ScannedArtifact | { name: string; passedOver: string }>[] = []
  for await (const artifact of found) {
    const next = scans.length >= AHEAD ? scans.shift() : undefined
    if (next) yield await next
    const scan = 'passedOver' in artifact ? Promise.resolve(artifact) : inTurn(artifact, places, options)
    // Where another one ends all this, nobody waits for it.
    scan.catch(() => undefined)
    scans.push(scan)
  }
  for (const scan of scans) yield await scan
}

async function inTurn(
  artifact: Exclude<FoundArtifact, { passedOver: string }>,
  places: Semaphore,
  options: LocalScanOptions,
): Promise<ScannedArtifact> {
  if ('unreadable' in artifact) return unread(artifact.name, artifact.unreadable)
  const leave = await places.enter(options.signal)
  try {
    return await scanArtifact(artifact, options)
  } finally {
    leave()
  }
}

async function scanArtifact(artifact: LocalArtifact, options: LocalScanOptions): Promise<ScannedArtifact> {
  const { engine, maxArtifactSize, signal } = options
  const { name, artifactType, metadata } = artifact
  if (!engine.artifactTypes.includes(artifactType)) {
    return unread(name, `${engine.name} does not judge artifacts of type ${artifactType}`, artifactType)
  }
  const start = performance.now()
  let content: Uint8Array
  try {
    content = await artifact.read(maxArtifactSize, signal)
  } catch (error) {
    signal.throwIfAborted()
    return unread(name, (error as Error).message)
  }
  const finding = await judge(content, artifactType, metadata, options)
  const milliseconds = performance.now() - start
  const members = options.members && artifactType === 'file' ? await scanMembers(content, options) : []
  return { name, artifactType, finding, milliseconds, ...(members.length > 0 && { members }) }
}

async function judge(
  content: Uint8Array,
  artifactType: ArtifactType,
  metadata: Record<string, unknown>,
  { engine, scanTimeLimit, signal: stop }: LocalScanOptions,
): Promise<Finding> {
  stop.throwIfAborted()
  const known =
    artifactType === 'file' ? { filesize: String(content.length), mimetype: formatOf(content).mimetype } : {}
  const request = { content, artifactType, metadata: { ...metadata, ...known }, guid: newGuid(), index: 0 }
  const finding = await withinTime(scanTimeLimit + GRACE, [stop], (signal) =>
    scanInTime(() => engine.scan({ ...request, signal }), signal),
  )
  stop.throwIfAborted()
  return finding
}

async function scanMembers(content: Uint8Array, options: LocalScanOptions): Promise<ScannedArtifact[]> {
  const { scanTimeLimit, signal: stop } = options
  const members: ScannedArtifact[] = []
  try {
    await withinTime(MEMBERS_LIMITS * scanTimeLimit, [stop], async (signal) => {
      for await (const { path, content: bytes, unreadable } of openArchive(content, ARCHIVE_LIMITS, signal)) {
        if (!bytes) {
          members.push(unread(path, unreadable))
          continue
        }
        const start = performance.now()
        const finding = await judge(bytes, 'file', { filename: basename(path) }, options)
        members.push({ name: path, artifactType: 'file', finding, milliseconds: performance.now() - start })
      }
    })
  } catch (error) {
    stop.throwIfAborted()
    members.push(unread('further members', (error as Error).message))
  }
  return members
}

function unread(name: string, reason: string, artifactType: ArtifactType = 'file'): ScannedArtifact {
  return { name, artifactType, finding: unknown({ reason }), milliseconds: 0 }
}
