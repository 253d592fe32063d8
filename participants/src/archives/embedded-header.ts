import { crc32 } from 'node:zlib'
import { isTar } from './tar-header.js'

/**
 * Whether what follows a signature, somewhere in a file, looks like the header of an archive: programs that unpack archives
 * have the signatures in them, without anything behind.
 *
 * @param name the format's, as in `EMBEDDED_FORMATS`.
 */
export function isWhole(content: Buffer, name: string, start: number): boolean {
  const header = content.subarray(start)
  if (header.length < LEAST) return false
  switch (name) {
    case '7z':
      return crc32(header.subarray(12, 32)) === header.readUInt32LE(8)
    case 'cab':
      return header[25] === 1 && header.readUInt32LE(16) < header.length
    case 'rar':
      return header[6] === 0 ? header[9] === 0x73 : isRar5(header)
    case 'gzip':
      // No reserved flag, and an effort that exists.
      return (header[3] ?? 0) < 32 && [0, 2, 4].includes(header[8] ?? 1)
    case 'nsis':
      return header.readUInt32LE(0) < 32 && header.readUInt32LE(20) > 0 && header.readUInt32LE(24) <= header.length
    case 'tar':
      return isTar(header)
    default:
      return true
  }
}

/** Bytes of the shortest header. */
const LEAST = 36
/** Those of the first block in a RAR archive: of the archive itself, or of what decrypts it. */
const FIRST_BLOCKS = [1, 4]

function isRar5(header: Buffer): boolean {
  const size = header[12] ?? 0
  // The size of the first block takes one byte.
  if (size >= 128 || !FIRST_BLOCKS.includes(header[13] ?? 0)) return false
  return crc32(header.subarray(12, 13 + size)) === header.readUInt32LE(8)
}
