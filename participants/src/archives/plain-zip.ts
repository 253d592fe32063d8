import type { ZipEntry } from './zip-entries.js'
import { extraField } from './zip-records.js'

const AES = 0x9901

/**
 * Makes a ZIP archive of the packed bytes of some entries, named by their number, in which both headers agree and nothing
 * else is.
 */
export function plainZip(archive: Buffer, entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [index, entry] of entries.entries()) {
    const name = Buffer.from(String(index))
    const aes = extraField(entry.extra, AES)
    const extra = aes ? Buffer.concat([word(AES), word(aes.length), aes]) : Buffer.alloc(0)
    const head = sharedHeader(entry, name.length, extra.length)
    const packed = archive.subarray(entry.at, entry.at + entry.packedSize)
    const behind =
      entry.flags & 8 ? Buffer.concat([Buffer.from('PK\x07\x08', 'latin1'), head.subarray(10, 22)]) : Buffer.alloc(0)
    const local = [Buffer.from('PK\x03\x04', 'latin1'), head, name, extra, packed, behind]
    parts.push(...local)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x3f\0', 'latin1'), head, place, name, extra)
    offset += local.reduce((sum, { length }) => sum + length, 0)
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, ...directory, end])
}

/** What both headers have: from the version that is needed up to the length of the extra field. */
function sharedHeader({ flags, method, time, crc, packedSize, size }: ZipEntry, name: number, extra: number): Buffer {
  const head = Buffer.alloc(26)
  head.writeUInt16LE(63, 0)
  // Sizes behind the bytes, which matter for passwords; ends of LZMA; encryption.
  head.writeUInt16LE(flags & 0xf, 2)
  head.writeUInt16LE(method, 4)
  head.writeUInt32LE(time, 6)
  head.writeUInt32LE(crc, 10)
  head.writeUInt32LE(packedSize, 14)
  head.writeUInt32LE(Math.min(size, 0xfffffffe), 18)
  head.writeUInt16LE(name, 22)
  head.writeUInt16LE(extra, 24)
  return head
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}
