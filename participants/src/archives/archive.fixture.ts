import { crc32, deflateRawSync } from 'node:zlib'

/** What may be wrong with an archive. */
export interface ZipFaults {
  flags?: number
  /** Unpacked size that the directory claims. */
  claimedSize?: number
  /** How often each file is there. */
  repeat?: number
  /** How often the directory lists each file, with the same bytes up to one byte less each time. */
  shared?: number
  /** What the archive says of how files are packed, which are stored then. */
  method?: number
}

/** Makes a ZIP archive. What deflates well is deflated, all else stored. */
export function zipOf(
  files: Record<string, Uint8Array>,
  { flags = 0, claimedSize, repeat = 1, shared: listed = 1, method: claimedMethod }: ZipFaults = {},
): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const deflated = deflateRawSync(content)
    const deflate = claimedMethod === undefined && deflated.length < content.length
    const method = claimedMethod ?? (deflate ? 8 : 0)
    const packed = deflate ? deflated : Buffer.from(content)
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(flags, 2)
    shared.writeUInt16LE(method, 4)
    shared.writeUInt32LE(crc32(content), 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(claimedSize ?? content.length, 18)
    shared.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), packed])
    for (let copy = 0; copy < repeat; copy++) {
      const rest = Buffer.alloc(14)
      rest.writeUInt32LE(offset, 10)
      for (let less = 0; less < listed; less++) {
        const said = Buffer.from(shared)
        said.writeUInt32LE(packed.length - less, 14)
        entries.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), said, rest, Buffer.from(name)]))
      }
      locals.push(local)
      offset += local.length
    }
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

/** One entry of a tar archive. */
export interface TarEntry {
  /** A regular file by default. */
  type?: string
  content?: Uint8Array
  /** Size that the header claims. */
  claimedSize?: number
}

/** Makes a tar archive of entries that are all called `name`. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ type = '0', content = new Uint8Array(), claimedSize = content.length }) => {
    const header = Buffer.alloc(512)
    header.write('name')
    header.write(`${claimedSize.toString(8).padStart(11, '0')}\0`, 124)
    header.write(`        ${type}`, 148)
    header.write('ustar', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1_024)])
}
