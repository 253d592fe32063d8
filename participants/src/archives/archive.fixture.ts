import { crc32, deflateRawSync } from 'node:zlib'

/** What may be wrong with an archive. */
export interface ZipFaults {
  flags?: number
  /** Unpacked size that the directory claims. */
  claimedSize?: number
  /** How often the directory lists each file, all with the same bytes. */
  repeat?: number
}

/** Makes a ZIP archive. What deflates well is deflated, all else stored. */
export function zipOf(
  files: Record<string, Uint8Array>,
  { flags = 0, claimedSize, repeat = 1 }: ZipFaults = {},
): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const deflated = deflateRawSync(content)
    const method = deflated.length < content.length ? 8 : 0
    const packed = method === 8 ? deflated : Buffer.from(content)
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(flags, 2)
    shared.writeUInt16LE(method, 4)
    shared.writeUInt32LE(crc32(content), 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(claimedSize ?? content.length, 18)
    shared.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    for (let i = 0; i < repeat; i++) {
      entries.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), shared, rest, Buffer.from(name)]))
    }
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}
