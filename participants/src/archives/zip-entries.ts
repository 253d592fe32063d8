import type { ArchiveBudget } from './archive-budget.js'
import {
  type Directory,
  directoryOf,
  directoryRecord,
  END,
  ENTRY,
  isPlausible,
  isSignature,
  LOCAL,
  localRecord,
  type ZipRecord,
} from './zip-records.js'

/** Bytes in a ZIP archive that one of its headers calls a file. */
export interface ZipEntry extends ZipRecord {
  /** Where the header in front of the bytes is. */
  start: number
  /** Where the bytes begin. */
  at: number
  /** Nobody says where they end: it is for their packing to tell. */
  endless: boolean
}

/** From where to where something reaches, in bytes; the end is not part of it. */
export type Span = [from: number, to: number]

const SIZES_BEHIND = 8
/** What is no header. */
export const NONE: ZipRecord = {
  path: '',
  version: 0,
  flags: 0,
  method: 0,
  time: 0,
  crc: 0,
  packedSize: 0,
  size: 0,
  extra: Buffer.alloc(0),
  length: 0,
  offset: 0,
}
/**
 * All files that any program could find in a ZIP archive: those that its directory lists, however many it claims to have,
 * those that further directories list, and those that only the header in front of their bytes tells of. Where two headers
 * of a file contradict each other, it is handed out as each has it.
 *
 * @param spans is filled with what the entries and their directories take up, in no order.
 * @returns the entries; a text where a header leads nowhere.
 */
export function* zipEntries(archive: Buffer, budget: ArchiveBudget, spans: Span[] = []): Generator<ZipEntry | string> {
  const taken = new Set<string>()
  const fresh = function* (entries: Iterable<ZipEntry | string>): Generator<ZipEntry | string> {
    for (const entry of entries) {
      if (typeof entry === 'string') yield entry
      else {
        const { start, at, packedSize, method, flags, endless } = entry
        const key = `${at} ${endless ? 'endless' : packedSize} ${method} ${flags & 1}`
        if (taken.has(key)) continue
        taken.add(key)
        if (!endless) spans.push([start, at + packedSize])
        yield entry
      }
    }
  }
  const main = mainDirectory(archive)
  if (main) {
    spans.push([main.start, yield* walk(archive, main, budget, fresh)], main.end)
  }
  // What is within a file of the archive is found when that is opened.
  const known = spans.sort(([a], [b]) => a - b).slice()
  let at = 0
  let span = 0
  for (;;) {
    const next = nextRecord(archive, at)
    if (next < 0) return
    while (span < known.length && (known[span]?.[1] ?? 0) <= next) span++
    const [from, to] = known[span] ?? [Number.POSITIVE_INFINITY, 0]
    if (next >= from) {
      at = to
      continue
    }
    budget.header()
    at = next + 4
    if (isSignature(archive, next, LOCAL)) {
      const entry = orphan(archive, next)
      if (!entry) continue
      yield* fresh([entry])
      if (!entry.endless) at = Math.max(at, entry.at + entry.packedSize)
    } else if (isPlausible(directoryRecord(archive, next) ?? NONE)) {
      const end = yield* walk(archive, { start: next, shift: main?.shift ?? 0 }, budget, fresh)
      spans.push([next, end])
      at = Math.max(at, end)
    }
  }
}

/** The next header behind a place, of either kind. */
function nextRecord(archive: Buffer, from: number): number {
  for (let at = archive.indexOf('PK', from, 'latin1'); at >= 0; at = archive.indexOf('PK', at + 2, 'latin1')) {
    if (isSignature(archive, at, LOCAL) || isSignature(archive, at, ENTRY)) return at
  }
  return -1
}

/** Whether a content begins with a file of a ZIP archive, and has a directory of it. */
export function hasDirectory(content: Buffer): boolean {
  return isSignature(content, 0, LOCAL) && mainDirectory(content) !== undefined
}

/** The last directory that an end record leads to. */
function mainDirectory(archive: Buffer): Directory | undefined {
  for (let end = archive.lastIndexOf(END); end >= 0; end = end > 0 ? archive.lastIndexOf(END, end - 1) : -1) {
    const directory = directoryOf(archive, end)
    if (directory) return directory
  }
  return undefined
}

/** Entries of a directory as far as there are any, whatever their number is said to be. Returns where they end. */
function* walk(
  archive: Buffer,
  { start, shift }: Pick<Directory, 'start' | 'shift'>,
  budget: ArchiveBudget,
  fresh: (entries: Iterable<ZipEntry | string>) => Generator<ZipEntry | string>,
): Generator<ZipEntry | string, number> {
  let at = start
  for (let record = directoryRecord(archive, at); record; record = directoryRecord(archive, at)) {
    budget.header()
    yield* fresh(entriesOf(archive, record, shift))
    at += record.length
  }
  return at
}

/** The file that an entry of the directory stands for, and what the header in front of it makes of it, if that differs. */
function* entriesOf(archive: Buffer, record: ZipRecord, shift: number): Generator<ZipEntry | string> {
  const places = [...new Set([record.offset + shift, record.offset])].flatMap((start) => {
    const local = localRecord(archive, start)
    return local ? [{ start, local }] : []
  })
  const found =
    places.find(({ local }) => agree(local, record)) ??
    places.find(({ local }) => local.path === record.path) ??
    places[0]
  if (!found) {
    if (!isFolder(record)) yield `${record.path}: its entry leads nowhere`
    return
  }
  const { start, local } = found
  const at = start + local.length
  yield { ...record, start, at, endless: false }
  const behind = sizesAreBehind(local)
  const packedSize = behind ? record.packedSize : local.packedSize
  const size = behind ? record.size : local.size
  yield { ...local, packedSize, size, start, at, endless: false }
}

function agree(local: ZipRecord, record: ZipRecord): boolean {
  return (
    local.path === record.path &&
    (sizesAreBehind(local) || (local.packedSize === record.packedSize && local.crc === record.crc))
  )
}

function sizesAreBehind({ flags, packedSize }: ZipRecord): boolean {
  return (flags & SIZES_BEHIND) !== 0 && packedSize === 0
}

/** A header that nothing refers to. */
function orphan(archive: Buffer, start: number): ZipEntry | undefined {
  const record = localRecord(archive, start)
  if (!record || !isPlausible(record)) return undefined
  const at = start + record.length
  const endless = sizesAreBehind(record)
  if (endless) return { ...record, start, at, packedSize: archive.length - at, endless }
  return at > archive.length ? undefined : { ...record, start, at, endless }
}

/** Whether it is a directory, which has no bytes. */
export function isFolder({ path, packedSize }: ZipRecord): boolean {
  return path.endsWith('/') && packedSize === 0
}
