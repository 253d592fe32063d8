import { ARCHIVE_LIMITS, type ArchiveLimits } from '../archives/archive-limits.js'
import type { ArchiveMember } from '../archives/archive-member.js'
import { passwordsFor } from '../archives/passwords.js'
import { ArchiveBombError, ExaminerError } from '../errors.js'
import { examine } from './examine.js'
import type { ExaminerAnswer } from './examiner.js'
import { ExaminerPool } from './examiner-pool.js'

/** Archives that are opened at the same time. */
const AT_A_TIME = 2
/** Milliseconds for an archive where nobody sets a limit. */
const DEFAULT_LIMIT_MS = 60_000

type ToldMember = Extract<ExaminerAnswer, { path: string }>

const examiners = new ExaminerPool(AT_A_TIME)

/**
 * All that is in a container, containers within it included; each comes before its members. Containers are archives, packed
 * files, mail, documents and disk images of some forty formats, also behind other bytes. They are opened in processes of
 * their own, which costs this one no more than taking in the members.
 *
 * @param content anything; what holds no other files has no members.
 * @param signal ends it, and the process that opens the archive; after a minute by default.
 * @param passwords tried on what is encrypted; those that are customary by default.
 * @throws ArchiveBombError once a limit is passed; nothing above the limits is ever held in memory.
 * @throws ExaminerError where the archive breaks the process that opens it; the signal's reason once it fires.
 */
export async function* openArchive(
  content: Uint8Array,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
  signal: AbortSignal = AbortSignal.timeout(DEFAULT_LIMIT_MS),
  passwords: readonly string[] = passwordsFor({}),
): AsyncGenerator<ArchiveMember> {
  if (!(await examine('isArchive', content, signal))) return
  for await (const said of examiners.ask({ limits, passwords }, content, signal)) {
    if ('path' in said) yield memberOf(said)
    else if ('limit' in said) throw new ArchiveBombError({ limit: said.limit })
    else if ('failure' in said) throw new ExaminerError({ reason: said.failure })
  }
}

function memberOf({ path, unreadable, unseen = 'damaged', body }: ToldMember): ArchiveMember {
  return unreadable === undefined ? { path, content: body } : { path, unreadable, unseen }
}
