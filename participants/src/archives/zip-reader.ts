import type { Unseen } from '../findings/unseen.js'
import type { ArchiveMember } from './archive-member.js'
import type { Container } from './container-formats.js'
import { embeddedArchives } from './embedded-archives.js'
import { inflate } from './inflate.js'
import type { Opening } from './opening.js'
import { packedMembers } from './packed-members.js'
import { plainZip } from './plain-zip.js'
import { sevenZipMembers } from './seven-zip.js'
import { hasDirectory, isFolder, type Span, type ZipEntry, zipEntries } from './zip-entries.js'
import { IN_ZIP64 } from './zip-records.js'

const STORED = 0
const DEFLATED = 8
const ENCRYPTED = 1
/** Strong encryption, or a directory that is encrypted: no program that we have opens these. */
const HIDDEN = 0x40 | 0x2000
/** Bytes that nothing accounts for, from which on they are looked at: fewer are no archive, and sizes behind a file are 24. */
const LEAST_GAP = 36

/**
 * The files in a ZIP archive, whichever header tells of them; see `zipEntries`. Those that are encrypted, or packed as few
 * are, go through 7-Zip in a new archive that nobody can read in two ways. Bytes that no header accounts for are members, too.
 *
 * @throws LimitReached; a member that cannot be read is handed out as such.
 */
export async function* zipMembers(archive: Buffer, opening: Opening): AsyncGenerator<ArchiveMember> {
  const { budget } = opening
  const special: ZipEntry[] = []
  const spans: Span[] = []
  const contents: Span[] = []
  for (const entry of zipEntries(archive, budget, spans)) {
    if (typeof entry === 'string') {
      yield refused('', entry)
      continue
    }
    if (isFolder(entry)) continue
    const { path, flags, method, at, packedSize, size, endless } = entry
    if (!endless) contents.push([at, at + packedSize])
    budget.admit(method === DEFLATED && !(flags & ENCRYPTED) && size !== IN_ZIP64 ? size : 0)
    if (flags & HIDDEN && flags & ENCRYPTED) yield refused(path, 'it is encrypted', 'encrypted')
    else if (!endless && at + packedSize > archive.length) yield refused(path, 'it is cut off')
    else if (flags & ENCRYPTED || (method !== STORED && method !== DEFLATED)) {
      if (endless) yield refused(path, 'it is not said where it ends')
      else special.push(entry)
    } else if (method === STORED) yield* stored(archive, entry, opening)
    else yield* deflated(archive, entry, opening)
  }
  if (special.length > 0) yield* unpacked(archive, special, opening)
  if (!hasDirectory(archive)) return
  const gaps = gapsBetween(spans, archive)
  for (const [from, to] of gaps) {
    budget.admit(0)
    budget.read(to - from)
    yield { path: `bytes-${from}`, content: archive.subarray(from, to) }
  }
  for (const container of archivesInHeaders(archive, [...contents, ...gaps])) {
    budget.admit(0)
    budget.read(archive.length - container.start)
    yield* packedMembers(archive, container, opening)
  }
}

/**
 * Bytes in an archive that belong to none of its files and directories. Where a file only has an archive behind other bytes,
 * or one without a directory, other archives are looked for in all of it anyway; see `containersOf`.
 */
function gapsBetween(spans: readonly Span[], archive: Buffer): Span[] {
  const gaps: Span[] = []
  let at = 0
  for (const [from, to] of [...spans.toSorted(([a], [b]) => a - b), [archive.length, archive.length] as const]) {
    if (from - at >= LEAST_GAP) gaps.push([at, from])
    at = Math.max(at, to)
  }
  return gaps
}

/** Archives that begin where a header covers them, because it is cut off or says that it is longer than it is. */
function archivesInHeaders(archive: Buffer, seen: readonly Span[]): Container[] {
  return embeddedArchives(archive).filter(({ start }) => !seen.some(([from, to]) => from <= start && start < to))
}

function* stored(
  archive: Buffer,
  { path, at, packedSize, size, endless }: ZipEntry,
  { budget }: Opening,
): Generator<ArchiveMember> {
  budget.read(packedSize)
  budget.spend(packedSize)
  yield { path, content: archive.subarray(at, at + packedSize) }
  if (endless) yield refused(path, 'it is not said where it ends')
  else if (size !== packedSize) yield refused(path, 'it is said to have two sizes')
}

async function* deflated(
  archive: Buffer,
  { path, at, packedSize, endless }: ZipEntry,
  { budget }: Opening,
): AsyncGenerator<ArchiveMember> {
  const { content, consumed, damaged } = await inflate(archive.subarray(at, at + packedSize), budget)
  if (damaged) yield refused(path, 'it is damaged')
  if (content.length > 0 || !damaged) yield { path, content }
  if (damaged) return
  if (consumed < packedSize && !endless) yield refused(path, 'there are bytes behind its end')
}

async function* unpacked(
  archive: Buffer,
  entries: readonly ZipEntry[],
  opening: Opening,
): AsyncGenerator<ArchiveMember> {
  for (const { packedSize } of entries) opening.budget.read(packedSize)
  const opened = new Set<number>()
  let unread: ArchiveMember | undefined
  for await (const member of sevenZipMembers(plainZip(archive, entries), 'zip', opening)) {
    const index = Number(member.path)
    if (member.content) {
      opened.add(index)
      yield { ...member, path: entries[index]?.path ?? member.path }
    } else unread = member
  }
  if (!unread) return
  const closed = entries.filter((_, index) => !opened.has(index))
  for (const { path, flags } of closed) {
    yield flags & ENCRYPTED ? refused(path, 'it is encrypted', 'encrypted') : { ...unread, path }
  }
  if (closed.length === 0) yield unread
}

function refused(path: string, unreadable: string, unseen: Unseen = 'damaged'): ArchiveMember {
  return { path, unreadable, unseen }
}
