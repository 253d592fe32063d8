import { ArchiveBombError, ExaminerError } from '../errors.js'
import type { ExaminerAnswer } from '../examiner/examiner.js'
import { ExaminerPool } from '../examiner/examiner-pool.js'
import { ARCHIVE_LIMITS, type ArchiveLimits } from './archive-limits.js'
import type { ArchiveMember } from './archive-member.js'
import { isArchive } from './read-archive.js'

/** Archives that are opened at the same time. */
const AT_A_TIME = 2
/** Milliseconds for an archive where nobody sets a limit. */
const PATIENCE = 60_000

type ToldMember = Extract<ExaminerAnswer, { path: string }>

const examiners = new ExaminerPool(AT_A_TIME)

/**
 * All that is in an archive (zip, tar, gzip), archives within it included; each archive comes before its members. It is
 * opened in a process of its own, which costs this one no more than taking in the members.
 *
 * @param content anything; what is no archive has no members.
 * @param signal ends it, and the process that opens the archive; after a minute by default.
 * @throws ArchiveBombError once a limit is passed; nothing above the limits is ever held in memory.
 * @throws ExaminerError where the archive breaks the process that opens it; the signal's reason once it fires.
 */
export async function* openArchive(
  content: Uint8Array,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
  signal: AbortSignal = AbortSignal.timeout(PATIENCE),
): AsyncGenerator<ArchiveMember> {
  if (!isArchive(content)) return
  for await (const said of examiners.ask({ limits }, content, signal)) {
    if ('path' in said) yield memberOf(said)
    else if ('limit' in said) throw new ArchiveBombError({ limit: said.limit })
    else if ('failure' in said) throw new ExaminerError({ reason: said.failure })
  }
}

function memberOf({ path, unreadable, unseen = 'damaged', body }: ToldMember): ArchiveMember {
  return unreadable === undefined ? { path, content: body } : { path, unreadable, unseen }
}
