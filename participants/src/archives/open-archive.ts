import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { formatOf } from '../artifacts/file-format.js'
import { ArchiveBombError } from '../errors.js'
import { ARCHIVE_LIMITS, ArchiveBudget, type ArchiveLimits } from './archive-limits.js'
import type { ArchiveMember } from './archive-member.js'
import { tarMembers } from './tar-reader.js'
import { zipMembers } from './zip-reader.js'

const unpack = promisify(gunzip)
const ARCHIVES = new Set(['zip', 'tar', 'gzip'])

/** Whether a content is an archive that can be opened. */
export function isArchive(content: Uint8Array): boolean {
  return ARCHIVES.has(formatOf(content).name)
}

/**
 * All that is in an archive (zip, tar, gzip), archives within it included; each archive comes before its members.
 *
 * @param content anything; what is no archive has no members.
 * @throws ArchiveBombError once a limit is passed; nothing above the limits is ever held in memory.
 */
export async function* openArchive(
  content: Uint8Array,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): AsyncGenerator<ArchiveMember> {
  yield* open(content, new ArchiveBudget(limits, content.length), 1)
}

async function* open(content: Uint8Array, budget: ArchiveBudget, depth: number): AsyncGenerator<ArchiveMember> {
  if (!isArchive(content)) return
  if (depth > budget.limits.maxDepth) throw new ArchiveBombError({ limit: 'archives within archives' })
  for await (const member of direct(Buffer.from(content.buffer, content.byteOffset, content.byteLength), budget)) {
    yield member
    if (!member.content) continue
    for await (const inner of open(member.content, budget, depth + 1)) {
      yield { ...inner, path: `${member.path}/${inner.path}` }
    }
  }
}

async function* direct(archive: Buffer, budget: ArchiveBudget): AsyncGenerator<ArchiveMember> {
  switch (formatOf(archive).name) {
    case 'zip':
      yield* zipMembers(archive, budget)
      return
    case 'tar':
      yield* tarMembers(archive, budget)
      return
    default:
      yield await gzipMember(archive, budget)
  }
}

async function gzipMember(archive: Buffer, budget: ArchiveBudget): Promise<ArchiveMember> {
  const path = 'gunzipped'
  budget.admit(0)
  try {
    const content = await unpack(archive, { maxOutputLength: Math.max(1, budget.left) })
    budget.spend(content.length)
    return { path, content }
  } catch (error) {
    if (error instanceof ArchiveBombError) throw error
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new ArchiveBombError({ limit: 'unpacked bytes' })
    }
    return { path, unreadable: 'it is damaged' }
  }
}
