import type { Unseen } from '../microengine/unseen.js'
import type { ArchiveMember } from './archive-member.js'
import type { Opening } from './opening.js'
import { type Extraction, extractWithSevenZip } from './seven-zip-run.js'

/** What 7-Zip says where files are not read, and what that means; all else that it complains of is damage. */
const COMPLAINTS: readonly [RegExp, Unseen][] = [
  [/wrong password|encrypted/i, 'encrypted'],
  [/unsupported|is not implemented/i, 'unopened'],
]
/** Links are not followed, and lead to what is read anyway. */
const HARMLESS = /^ERROR: (?:Cannot create (?:hard|symbolic) link|Cannot set file attribute) : errno=/

/**
 * What 7-Zip finds in an archive of some type. Passwords are tried one after the other until one opens all of it.
 *
 * @param type as `7zz i` lists them.
 * @param weak what 7-Zip does not take for such an archive is none, and has no members.
 * @throws LimitReached as soon as the budget is spent.
 */
export async function* sevenZipMembers(
  archive: Buffer,
  type: string,
  opening: Opening,
  weak = false,
): AsyncGenerator<ArchiveMember> {
  let seen: Extraction = { files: [], complaints: [], code: 0 }
  const [first = '', ...others] = opening.passwords
  for (const password of [first, ...others]) {
    seen = await extractWithSevenZip(archive, type, password, opening.budget)
    const unread = unreadIn(seen)
    // What could not be written at all leaves an empty file.
    yield* unread ? seen.files.filter(({ content }) => content.length > 0) : seen.files
    if (unread?.unseen !== 'encrypted') break
  }
  if (weak && seen.files.length === 0 && seen.complaints.some((line) => /Cannot open the file as/.test(line))) return
  const unread = unreadIn(seen)
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
