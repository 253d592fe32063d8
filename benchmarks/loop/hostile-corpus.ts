import { randomBytes } from 'node:crypto'
import { deflateRawSync, gzipSync } from 'node:zlib'

/** A file that is meant to hold up whoever reads it. */
export interface HostileFile {
  name: string
  make(): Buffer
}

const MIB = 1024 * 1024
const BLOCK = 512

/** What strangers send, and all that is made of it is made here. Each is made when its turn comes. */
export const HOSTILE_FILES: readonly HostileFile[] = [
  { name: 'tar of pax headers of digits, 436 KB', make: () => digitsTar(50) },
  { name: 'gzip of 2 MB of the same', make: () => gzipSync(digitsTar(240)) },
  { name: 'tar of 66,000 directories, 34 MB', make: () => tarOf('5', Buffer.alloc(0), 66_000) },
  { name: 'zip bomb, 200 MB of zeros', make: () => zipOf([Buffer.alloc(200_000_000)]) },
  { name: 'gzip bomb, 300 MB of zeros', make: () => gzipSync(Buffer.alloc(300_000_000)) },
  { name: 'zip of 2,000 members that share 4 MB', make: () => zipOf([Buffer.alloc(4_000_000)], 2_000) },
  { name: 'zip of 1,900 small members', make: () => zipOf(Array.from({ length: 1_900 }, () => randomBytes(2_000))) },
  { name: 'zip within zip, four deep, 40 MB', make: nestedZips },
  { name: '32 MiB of X5O!', make: () => Buffer.alloc(32 * MIB, 'X5O!') },
  { name: '32 MiB, random', make: () => randomBytes(32 * MIB) },
  { name: '32 MiB of blanks', make: () => Buffer.alloc(32 * MIB, ' ') },
  { name: '32 MiB, base64 of base64 of base64 …', make: deepBase64 },
]

function digitsTar(headers: number): Buffer {
  return tarOf('x', Buffer.alloc(8_192, '1'), headers)
}

function tarOf(type: string, content: Buffer, count: number): Buffer {
  const header = Buffer.alloc(BLOCK)
  header.write('name')
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write(`        ${type}`, 148)
  header.write('ustar', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const entry = Buffer.concat([header, content])
  return Buffer.concat([...Array.from({ length: count }, () => entry), Buffer.alloc(2 * BLOCK)])
}

/** @param repeat how often the directory lists each file, all with the same bytes. */
function zipOf(files: readonly Buffer[], repeat = 1): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const content of files) {
    const packed = deflateRawSync(content)
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(8, 4)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(content.length, 18)
    shared.writeUInt16LE(1, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from('f'), packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), shared, rest, Buffer.from('f')])
    for (let i = 0; i < repeat; i++) entries.push(entry)
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

function nestedZips(): Buffer {
  let inner: Buffer = randomBytes(40_000_000)
  for (let depth = 0; depth < 4; depth++) inner = zipOf([inner])
  return inner
}

function deepBase64(): Buffer {
  let text = randomBytes(2 * MIB)
  while (text.length < 24 * MIB) text = Buffer.from(text.toString('base64'))
  return text.subarray(0, 32 * MIB)
}
