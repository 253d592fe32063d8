import type { Unseen } from '../microengine/unseen.js'
import type { ArchiveBudget } from './archive-budget.js'
import type { ArchiveMember } from './archive-member.js'
import { inflate } from './inflate.js'

const END = 0x06054b50
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50
const END_SIZE = 22
const ENTRY_SIZE = 46
const LOCAL_SIZE = 30
const MAX_COMMENT = 65_535
/** Bytes of a name; no system takes longer ones. */
const MAX_NAME = 4_096
const STORED = 0
const DEFLATED = 8
const ENCRYPTED = 1
const IN_ZIP64 = 0xffffffff

interface ZipEntry {
  path: string
  method: number
  flags: number
  packedSize: number
  size: number
  offset: number
}

/**
 * The files in a ZIP archive, by its directory, which is at its end: what is in front of the archive does not matter, as it
 * does not to the programs that open it.
 *
 * @throws LimitReached; a member that cannot be read is handed out as such.
 */
export async function* zipMembers(archive: Buffer, budget: ArchiveBudget): AsyncGenerator<ArchiveMember> {
  const directory = findDirectory(archive)
  if (!directory) {
    yield { path: '', unreadable: 'it has no directory', unseen: 'damaged' }
    return
  }
  for (const entry of entriesOf(archive, directory)) {
    budget.header()
    if (typeof entry === 'string') {
      yield { path: '', unreadable: entry, unseen: 'damaged' }
      return
    }
    if (entry.path.endsWith('/') && entry.size === 0 && entry.packedSize === 0) continue
    budget.admit(entry.size)
    yield await read(archive, entry, directory.shift, budget)
  }
}

interface Directory {
  at: number
  count: number
  /** Bytes in front of the archive, which its offsets do not count. */
  shift: number
}

function findDirectory(archive: Buffer): Directory | undefined {
  const first = Math.max(0, archive.length - END_SIZE - MAX_COMMENT)
  for (let at = archive.length - END_SIZE; at >= first; at--) {
    if (archive.readUInt32LE(at) !== END) continue
    const size = archive.readUInt32LE(at + 12)
    const offset = archive.readUInt32LE(at + 16)
    const start = at - size
    if (start < 0) continue
    return { at: start, count: archive.readUInt16LE(at + 10), shift: Math.max(0, start - offset) }
  }
  return undefined
}

function* entriesOf(archive: Buffer, { at: start, count }: Directory): Generator<ZipEntry | string> {
  let at = start
  for (let index = 0; index < count; index++) {
    if (at + ENTRY_SIZE > archive.length || archive.readUInt32LE(at) !== ENTRY) {
      yield 'its directory is damaged'
      return
    }
    const nameLength = archive.readUInt16LE(at + 28)
    yield {
      flags: archive.readUInt16LE(at + 8),
      method: archive.readUInt16LE(at + 10),
      packedSize: archive.readUInt32LE(at + 20),
      size: archive.readUInt32LE(at + 24),
      offset: archive.readUInt32LE(at + 42),
      path: archive.toString('utf8', at + ENTRY_SIZE, at + ENTRY_SIZE + Math.min(nameLength, MAX_NAME)),
    }
    at += ENTRY_SIZE + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32)
  }
}

async function read(archive: Buffer, entry: ZipEntry, shift: number, budget: ArchiveBudget): Promise<ArchiveMember> {
  const { path, method, flags, packedSize } = entry
  const at = entry.offset + shift
  const refuse = (unreadable: string, unseen: Unseen = 'damaged'): ArchiveMember => ({ path, unreadable, unseen })
  if (flags & ENCRYPTED) return refuse('it is encrypted', 'encrypted')
  if ([entry.size, packedSize, entry.offset].includes(IN_ZIP64)) return refuse('it is a ZIP64 entry', 'unopened')
  if (at + LOCAL_SIZE > archive.length || archive.readUInt32LE(at) !== LOCAL) return refuse('it is damaged')
  const start = at + LOCAL_SIZE + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28)
  const packed = archive.subarray(start, start + packedSize)
  if (packed.length !== packedSize) return refuse('it is cut off')
  if (method === STORED) {
    budget.spend(packed.length)
    return { path, content: packed }
  }
  if (method !== DEFLATED) return refuse(`it is packed by method ${method}`, 'unopened')
  const content = await inflate(packed, 'deflate', budget)
  return content ? { path, content } : refuse('it is damaged')
}
