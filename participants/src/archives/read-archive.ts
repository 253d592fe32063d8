import { formatOf } from '../artifacts/file-format.js'
import { ArchiveBudget, LimitReached } from './archive-budget.js'
import type { ArchiveLimits } from './archive-limits.js'
import type { ArchiveMember } from './archive-member.js'
import { inflate } from './inflate.js'
import { tarMembers } from './tar-reader.js'
import { zipMembers } from './zip-reader.js'

const ARCHIVES = new Set(['zip', 'tar', 'gzip'])

/**
 * Whether a content is an archive that can be opened, by its first bytes.
 *
 * @example
 * ```ts
 * import { isArchive } from '@polyswarm/participants'
 * isArchive(new Uint8Array(Buffer.from('a letter'))) // => false
 * ```
 */
export function isArchive(content: Uint8Array): boolean {
  return ARCHIVES.has(formatOf(content).name)
}

/**
 * All that is in an archive (zip, tar, gzip), archives within it included; each archive comes before its members. This runs
 * in the examiner only: see `openArchive` for what others call.
 *
 * @param content anything; what is no archive has no members.
 * @throws LimitReached once a limit is passed; nothing above the limits is ever held in memory.
 */
export async function* readArchive(content: Uint8Array, limits: ArchiveLimits): AsyncGenerator<ArchiveMember> {
  yield* read(content, new ArchiveBudget(limits, content.length), 1)
}

async function* read(content: Uint8Array, budget: ArchiveBudget, depth: number): AsyncGenerator<ArchiveMember> {
  if (!isArchive(content)) return
  if (depth > budget.limits.maxDepth) throw new LimitReached('archives within archives')
  for await (const member of direct(Buffer.from(content.buffer, content.byteOffset, content.byteLength), budget)) {
    yield member
    if (!member.content) continue
    for await (const inner of read(member.content, budget, depth + 1)) {
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
  budget.header()
  budget.admit(0)
  const content = await inflate(archive, 'gzip', budget)
  return content ? { path, content } : { path, unreadable: 'it is damaged', unseen: 'damaged' }
}
