import { visibleText } from '@polyswarm/protocol/visible-text'

/** Bytes of a file, from anywhere in it. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>

const END_SIZE = 22
const MAX_COMMENT = 65_535
const END = 0x06054b50
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50
const ENTRY_SIZE = 46
const LOCAL_SIZE = 30
const ENCRYPTED = 1
const MAX_NAME = 255

/**
 * What is wrong with an archive that should hold encrypted samples; undefined where nothing is. A sample in the clear could
 * be run by a click; a name with a path in it could be written anywhere when it is unpacked.
 *
 * @param files how many it should hold, at most.
 */
export async function archiveProblem(size: number, readAt: ReadAt, files = 1): Promise<string | undefined> {
  const tail = await readAt(Math.max(0, size - END_SIZE - MAX_COMMENT), Math.min(size, END_SIZE + MAX_COMMENT))
  const end = endRecordIn(tail)
  if (end < 0) return 'it is no zip archive'
  const count = tail.readUInt16LE(end + 10)
  if (count === 0 || count > files) return `it has ${count} files in it, and not ${files}`
  const names = new Set<string>()
  let at = tail.readUInt32LE(end + 16)
  for (let index = 0; index < count; index++) {
    const entry = await entryAt(at, readAt)
    if (typeof entry === 'string') return entry
    names.add(entry.name)
    at += entry.length
  }
  return names.size === count ? undefined : 'two files in it have one name'
}

/** An entry of the directory, with its length there; or what is wrong with it. */
async function entryAt(at: number, readAt: ReadAt): Promise<{ name: string; length: number } | string> {
  const entry = await readAt(at, ENTRY_SIZE + MAX_NAME)
  if (entry.length < ENTRY_SIZE || entry.readUInt32LE(0) !== ENTRY) return 'its directory is damaged'
  const name = entry.subarray(ENTRY_SIZE, ENTRY_SIZE + entry.readUInt16LE(28))
  if (name.length !== entry.readUInt16LE(28)) return 'the name in it is too long'
  if ((entry.readUInt16LE(8) & ENCRYPTED) === 0) return 'the sample in it is not encrypted'
  const local = await readAt(entry.readUInt32LE(42), LOCAL_SIZE + MAX_NAME)
  if (local.length < LOCAL_SIZE || local.readUInt32LE(0) !== LOCAL) return 'its directory leads nowhere'
  if ((local.readUInt16LE(6) & ENCRYPTED) === 0) return 'the sample in it is not encrypted'
  if (!local.subarray(LOCAL_SIZE, LOCAL_SIZE + local.readUInt16LE(26)).equals(name))
    return 'it has two names for one file'
  const problem = nameProblem(name.toString())
  const length = ENTRY_SIZE + name.length + entry.readUInt16LE(30) + entry.readUInt16LE(32)
  return problem ?? { name: name.toString(), length }
}

function endRecordIn(tail: Buffer): number {
  for (let at = tail.length - END_SIZE; at >= 0; at--) {
    if (tail.readUInt32LE(at) === END && at + END_SIZE + tail.readUInt16LE(at + 20) === tail.length) return at
  }
  return -1
}

function nameProblem(name: string): string | undefined {
  if (name === '' || /^\.+$/.test(name) || /[/\\:]/.test(name)) return `the name in it leads elsewhere: "${name}"`
  if (visibleText(name) !== name || name.includes('\ufffd')) return 'the name in it holds what cannot be seen'
  return undefined
}
