import type { Unseen } from '../findings/unseen.js'
import type { ArchiveMember } from './archive-member.js'
import type { Opening } from './opening.js'
import { type Extraction, extractWithSevenZip } from './seven-zip-run.js'

/** What 7-Zip says where files are not read, and what that means; all else that it complains of is damage. */
const COMPLAINTS: readonly [RegExp, Unseen][] = [
  [/wrong password|encrypted/i, 'encrypted'],
  [/unsupported|is not implemented/i, 'unopened'],
]
/** There are bytes behind its end. */
const BEHIND = /^(?:ERROR: )?There are (?:some )?data after the end/
/** Links are not followed, and lead to what is read anyway. */
const HARMLESS = /^ERROR: (?:Cannot create (?:hard|symbolic) link|Cannot set file attribute) : errno=/

/** How sure it is that something is an archive. */
export interface SevenZipOptions {
  /** What 7-Zip gets nothing out of, other than for want of a password, is no such archive. */
  weak?: boolean | undefined
  /** It is a part of a file: there may be anything behind it. */
  isEmbedded?: boolean
}

/**
 * What 7-Zip finds in an archive of some type. Passwords are tried one after the other until one opens all of it.
 *
 * @param type as `7zz i` lists them.
 * @throws LimitReached as soon as the budget is spent.
 */
export async function* sevenZipMembers(
  archive: Buffer,
  type: string,
  opening: Opening,
  { weak = false, isEmbedded = false }: SevenZipOptions = {},
): AsyncGenerator<ArchiveMember> {
  let seen: Extraction = { files: [], complaints: [], code: 0 }
  const [first = '', ...others] = opening.passwords
  for (const password of [first, ...others]) {
    seen = await extractWithSevenZip(archive, type, password, opening.budget)
    if (isEmbedded) seen = { ...seen, complaints: seen.complaints.filter((line) => !BEHIND.test(line)), code: 0 }
    const unread = unreadIn(seen)
    // What could not be written at all leaves an empty file.
    yield* unread ? seen.files.filter(({ content }) => content.length > 0) : seen.files
    if (unread?.unseen !== 'encrypted') break
  }
  const unread = unreadIn(seen)
  const isNone = unread?.unseen === 'damaged' || unread?.unseen === 'unopened'
  if (weak && isNone && seen.files.every(({ content }) => content.length === 0)) return
  if (unread) yield { path: '', ...unread }
  if (type === 'Compound' && seen.files.some(({ path }) => path.endsWith('EncryptedPackage'))) {
    yield { path: 'EncryptedPackage', unreadable: 'it is encrypted', unseen: 'encrypted' }
  }
}

function unreadIn({ complaints, code, broken }: Extraction): { unreadable: string; unseen: Unseen } | undefined {
  if (broken !== undefined) return { unreadable: `it breaks 7-Zip: ${broken}`, unseen: 'broken' }
  const serious = complaints.filter((line) => !HARMLESS.test(line))
  for (const [pattern, unseen] of COMPLAINTS) {
    const line = serious.find((complaint) => pattern.test(complaint))
    if (line !== undefined) return { unreadable: line, unseen }
  }
  const [line] = serious
  if (line !== undefined) return { unreadable: line, unseen: 'damaged' }
  return code === 0 || complaints.length > 0 ? undefined : { unreadable: `7-Zip ended with ${code}`, unseen: 'damaged' }
}
