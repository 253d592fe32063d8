import { crc32, deflateRawSync, gzipSync } from 'node:zlib'

const BLOCK = 512

/** Archives that take long, or grow large, for whoever opens them without limits; `salt` makes each its own. */
export function hostileArchives(salt: number): { name: string; content: Uint8Array }[] {
  const tail = tarEntry(`note-${salt}`, '0', Buffer.from(`${salt}\n`))
  const digits = Buffer.alloc(8_192, '1')
  const pax = (headers: number) => Buffer.concat([...Array(headers).fill(tarEntry('pax', 'x', digits)), tail])
  const directories = (count: number) =>
    Buffer.concat([...Array(count).fill(tarEntry('d/', '5', Buffer.alloc(0))), tail])
  const zeros = Buffer.concat([Buffer.alloc(64 * 1024 * 1024), Buffer.from([salt & 255, (salt >> 8) & 255])])
  return [
    { name: 'pax headers of digits', content: pax(50) },
    { name: 'gzip of pax headers', content: gzipSync(pax(1_200), { level: 9 }) },
    { name: 'gzip of directories', content: gzipSync(directories(68_000), { level: 9 }) },
    { name: 'directories', content: directories(60_000) },
    { name: 'gzip bomb', content: gzipSync(zeros, { level: 9 }) },
    { name: 'gzip in gzip', content: nested(gzipSync, Buffer.from(`core ${salt}`), 12) },
    { name: 'zip in zip', content: nested((inner) => zip(inner, 1), Buffer.from(`core ${salt}`), 12) },
    { name: 'zip bomb', content: zip(zeros, 1) },
    { name: 'zip of one file 60,000 times', content: zip(Buffer.from(`${'x'.repeat(100)}${salt}`), 60_000) },
    { name: 'zip that lies about sizes', content: zip(zeros, 1, 10) },
    {
      name: 'ends of zips',
      content: Buffer.concat([Buffer.from('PK\x03\x04'), ends(3_000), Buffer.from(String(salt))]),
    },
    { name: 'long GNU names', content: Buffer.concat([...Array(400).fill(tarEntry('l', 'L', digits)), tail]) },
  ]
}

function nested(wrap: (inner: Buffer) => Buffer, core: Buffer, depth: number): Buffer {
  return depth === 0 ? core : wrap(nested(wrap, core, depth - 1))
}

function tarEntry(name: string, type: string, content: Buffer): Buffer {
  const header = Buffer.alloc(BLOCK)
  header.write(name, 0, 100)
  header.write('0000644\0', 100)
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('        ', 148)
  header.write(type, 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)])
}

/** A ZIP archive of one deflated file, which its directory lists `times` times. */
function zip(content: Buffer, times: number, claimedSize = content.length): Buffer {
  const packed = deflateRawSync(content)
  const shared = Buffer.alloc(26)
  shared.writeUInt16LE(20, 0)
  shared.writeUInt16LE(8, 4)
  shared.writeUInt32LE(crc32(content), 10)
  shared.writeUInt32LE(packed.length, 14)
  shared.writeUInt32LE(claimedSize, 18)
  shared.writeUInt16LE(1, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from('f'), packed])
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), shared, Buffer.alloc(14), Buffer.from('f')])
  const directory = Buffer.concat(Array(times).fill(entry))
  return Buffer.concat([local, directory, end(times, directory.length, local.length)])
}

function ends(count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, index) => end(65_535, index * 22, 0)))
}

function end(entries: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(22)
  record.write('PK\x05\x06', 'latin1')
  record.writeUInt16LE(entries, 8)
  record.writeUInt16LE(entries, 10)
  record.writeUInt32LE(size, 12)
  record.writeUInt32LE(offset, 16)
  return record
}
