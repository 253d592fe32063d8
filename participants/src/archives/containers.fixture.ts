import { crc32 } from 'node:zlib'

const SECTOR = 512
const [FREE, LAST, TABLE] = [0xffffffff, 0xfffffffe, 0xfffffffd]

/** Makes an OLE document (compound file) with one stream of at least 4,096 bytes. */
export function oleOf(name: string, content: Uint8Array): Buffer {
  const sectors = Math.ceil(content.length / SECTOR)
  const header = Buffer.alloc(SECTOR, 0xff)
  header.fill(0, 0, 76)
  header.write('d0cf11e0a1b11ae1', 0, 'hex')
  for (const [at, value] of Object.entries({ 24: 0x3e, 26: 3, 28: 0xfffe, 30: 9, 32: 6 }))
    header.writeUInt16LE(value, Number(at))
  // One table, the directory behind it, streams from 4,096 bytes on, nothing small, no table of tables.
  for (const [at, value] of Object.entries({ 44: 1, 48: 1, 56: 4_096, 60: LAST, 64: 0, 68: LAST, 72: 0, 76: 0 })) {
    header.writeUInt32LE(value, Number(at))
  }
  const table = Buffer.alloc(SECTOR, 0xff)
  table.writeUInt32LE(TABLE, 0)
  table.writeUInt32LE(LAST, 4)
  for (let sector = 0; sector < sectors; sector++) {
    table.writeUInt32LE(sector === sectors - 1 ? LAST : sector + 3, 8 + 4 * sector)
  }
  const directory = Buffer.concat([
    oleEntry('Root Entry', 5, 1, LAST, 0),
    oleEntry(name, 2, FREE, 2, content.length),
    oleEntry('', 0, FREE, 0, 0),
    oleEntry('', 0, FREE, 0, 0),
  ])
  return Buffer.concat([header, table, directory, content, Buffer.alloc(sectors * SECTOR - content.length)])
}

function oleEntry(name: string, type: number, child: number, start: number, size: number): Buffer {
  const entry = Buffer.alloc(128)
  entry.write(name, 0, 'utf16le')
  entry.writeUInt16LE(name === '' ? 0 : 2 * name.length + 2, 64)
  entry[66] = type
  entry[67] = 1
  entry.writeUInt32LE(FREE, 68)
  entry.writeUInt32LE(FREE, 72)
  entry.writeUInt32LE(child, 76)
  entry.writeUInt32LE(start, 116)
  entry.writeUInt32LE(size, 120)
  return entry
}

/** Makes a RAR archive (version 5) with one stored file. */
export function rarOf(name: string, content: Uint8Array): Buffer {
  const size = variable(content.length)
  const file = [
    [2, 2],
    size,
    [4],
    size,
    [0x20],
    littleEndian(crc32(content)),
    [0, 0],
    [name.length],
    [...Buffer.from(name)],
  ]
  return Buffer.concat([
    Buffer.from('Rar!\x1a\x07\x01\0', 'latin1'),
    rarBlock([1, 0, 0]),
    rarBlock(file.flat()),
    content,
    rarBlock([5, 0, 0]),
  ])
}

function rarBlock(fields: readonly number[]): Buffer {
  const head = Buffer.from([...variable(fields.length), ...fields])
  return Buffer.concat([Buffer.from(littleEndian(crc32(head))), head])
}

function variable(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...variable(value >>> 7)]
}

function littleEndian(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]
}
