import type { ArchiveMember } from './archive-member.js'
import type { Container } from './container-formats.js'
import { gzipMembers } from './gzip-reader.js'
import type { Opening } from './opening.js'
import { sevenZipMembers } from './seven-zip.js'

/** The files in a container that has a signature, wherever in a content it begins. */
export function packedMembers(
  content: Buffer,
  { name, type, weak, start }: Container,
  opening: Opening,
): AsyncIterable<ArchiveMember> | Iterable<ArchiveMember> {
  const options = { weak, isEmbedded: start > 0 }
  if (name === 'gzip') return gzipMembers(content.subarray(start), opening, options)
  if (type !== undefined) return sevenZipMembers(content.subarray(start), type, opening, options)
  return [{ path: '', unreadable: `${name} is not opened`, unseen: 'unopened' }]
}
