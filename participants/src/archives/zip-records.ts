/** What a header of a ZIP archive says of a file, be it the one in front of its bytes or the one in the directory. */
export interface ZipRecord {
  path: string
  /** Version of the format that is needed; the byte above it is unused. */
  version: number
  /** Flags: bit 0 encrypted, bit 3 sizes behind the bytes, bit 6 and 13 encryption that hides more. */
  flags: number
  method: number
  /** Time of the file, which takes part in checking a password. */
  time: number
  crc: number
  packedSize: number
  size: number
  /** The extra field. */
  extra: Buffer
  /** Bytes of the header itself. */
  length: number
  /** In the directory: where the other header is, as counted from the beginning of the archive. */
  offset: number
}

const LOCAL_SIZE = 30
const ENTRY_SIZE = 46
const END_SIZE = 22
/** Bytes of a name that are kept; no system takes longer ones. */
const MAX_NAME = 4_096
const END64_SIZE = 56
const LOCATOR_SIZE = 20
/** Stands for a size or a place that does not fit. */
export const IN_ZIP64 = 0xffffffff
const ZIP64 = 0x0001

/** Signatures of the records. */
export const LOCAL = Buffer.from('PK\x03\x04', 'latin1')
export const ENTRY = Buffer.from('PK\x01\x02', 'latin1')
export const END = Buffer.from('PK\x05\x06', 'latin1')
const LOCATOR64 = Buffer.from('PK\x06\x07', 'latin1')
const END64 = Buffer.from('PK\x06\x06', 'latin1')

/** Whether a content is a ZIP archive, or has one anywhere: an end and a directory, or the header of a file. */
export function isZip(content: Buffer): boolean {
  if (isSignature(content, 0, LOCAL)) return true
  const end = content.indexOf(END)
  if (end >= 0 && end + END_SIZE <= content.length && (end === 0 || content.includes(ENTRY))) return true
  for (let at = content.indexOf(LOCAL); at >= 0; at = content.indexOf(LOCAL, at + 4)) {
    const record = localRecord(content, at)
    if (record && isPlausible(record)) return true
  }
  return false
}

/** Methods that programs know. */
const METHODS = new Set([0, 1, 6, 8, 9, 12, 14, 20, 93, 95, 96, 97, 98, 99])

/** Versions of the format up to which anything was ever needed to unpack a file. */
const LAST_VERSION = 63

/** Whether a header that nothing refers to is one, rather than four letters in a program. */
export function isPlausible({ path, method, flags, version, extra }: ZipRecord): boolean {
  if (path === '' || !METHODS.has(method) || (flags & 0xc000) !== 0 || version > LAST_VERSION) return false
  let at = 0
  while (at + 4 <= extra.length) at += 4 + extra.readUInt16LE(at + 2)
  return at === extra.length && [...path].every((character) => character >= ' ')
}

/** Whether one of the signatures is at a place. */
export function isSignature(content: Buffer, at: number, signature: Buffer): boolean {
  return at >= 0 && at + 4 <= content.length && content.readUInt32LE(at) === signature.readUInt32LE(0)
}

/** The header in front of a file's bytes. */
export function localRecord(archive: Buffer, at: number): ZipRecord | undefined {
  if (at + LOCAL_SIZE > archive.length || !isSignature(archive, at, LOCAL)) return undefined
  const nameLength = archive.readUInt16LE(at + 26)
  const extraLength = archive.readUInt16LE(at + 28)
  return recordAt(archive, at + 6, at + LOCAL_SIZE, nameLength, extraLength, LOCAL_SIZE + nameLength + extraLength)
}

/** An entry of the directory. */
export function directoryRecord(archive: Buffer, at: number): ZipRecord | undefined {
  if (at + ENTRY_SIZE > archive.length || !isSignature(archive, at, ENTRY)) return undefined
  const nameLength = archive.readUInt16LE(at + 28)
  const extraLength = archive.readUInt16LE(at + 30)
  const length = ENTRY_SIZE + nameLength + extraLength + archive.readUInt16LE(at + 32)
  return recordAt(archive, at + 8, at + ENTRY_SIZE, nameLength, extraLength, length, archive.readUInt32LE(at + 42))
}

/** @param at where the flags are: from there on both headers are alike. */
function recordAt(
  archive: Buffer,
  at: number,
  nameAt: number,
  nameLength: number,
  extraLength: number,
  length: number,
  offset = 0,
): ZipRecord {
  const extra = archive.subarray(nameAt + nameLength, nameAt + nameLength + extraLength)
  const record = {
    path: archive.toString('utf8', nameAt, nameAt + Math.min(nameLength, MAX_NAME)),
    version: archive.readUInt8(at - 2),
    flags: archive.readUInt16LE(at),
    method: archive.readUInt16LE(at + 2),
    time: archive.readUInt32LE(at + 4),
    crc: archive.readUInt32LE(at + 8),
    packedSize: archive.readUInt32LE(at + 12),
    size: archive.readUInt32LE(at + 16),
    extra,
    length,
    offset,
  }
  return inZip64(record, extraField(extra, ZIP64))
}

/** Sizes that do not fit stand in the extra field, in this order and only those. */
function inZip64(record: ZipRecord, field: Buffer | undefined): ZipRecord {
  let at = 0
  const whole = (value: number): number => {
    if (value !== IN_ZIP64 || field === undefined || at + 8 > field.length) return value
    at += 8
    return Number(field.readBigUInt64LE(at - 8))
  }
  const size = whole(record.size)
  const packedSize = whole(record.packedSize)
  return { ...record, size, packedSize, offset: whole(record.offset) }
}

/** The bytes of one part of an extra field. */
export function extraField(extra: Buffer, id: number): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + length)
    at += 4 + length
  }
  return undefined
}

/** Where a directory is, by a record that ends an archive. */
export interface Directory {
  /** Where it begins. */
  start: number
  /** Bytes in front of the archive, which its offsets do not count. */
  shift: number
  /** From where to where the records reach that end the archive. */
  end: [number, number]
}

/** The directory that belongs to the end record at a place, if there is one. */
export function directoryOf(archive: Buffer, end: number): Directory | undefined {
  const behind = end + END_SIZE
  if (behind > archive.length) return undefined
  const found = directoryBefore(archive, end, archive.readUInt32LE(end + 12), archive.readUInt32LE(end + 16))
  if (found) return { ...found, end: [end, behind] }
  // Its locator is in front of the end record; the record itself is where that says, or in front of it.
  const locator = end - LOCATOR_SIZE
  if (!isSignature(archive, locator, LOCATOR64)) return undefined
  const places = [Number(archive.readBigUInt64LE(locator + 8)), locator - END64_SIZE]
  const end64 = places.find((at) => at <= locator - END64_SIZE && isSignature(archive, at, END64))
  if (end64 === undefined) return undefined
  const size = Number(archive.readBigUInt64LE(end64 + 40))
  const offset = Number(archive.readBigUInt64LE(end64 + 48))
  const found64 = directoryBefore(archive, end64, size, offset)
  return found64 && { ...found64, end: [end64, behind] }
}

function directoryBefore(
  archive: Buffer,
  end: number,
  size: number,
  offset: number,
): Omit<Directory, 'end'> | undefined {
  const start = end - size
  if (isSignature(archive, start, ENTRY)) return { start, shift: Math.max(0, start - offset) }
  if (offset < end && isSignature(archive, offset, ENTRY)) return { start: offset, shift: 0 }
  return undefined
}
