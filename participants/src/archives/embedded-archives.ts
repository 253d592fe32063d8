import { crc32 } from 'node:zlib'
import { type Container, type ContainerFormat, EMBEDDED_FORMATS, namedAs } from './container-formats.js'
import { SignatureSearch } from './signature-search.js'
import { isTar } from './tar-header.js'

/** Archives of one format that are told apart; a file with more is no installer. */
const MOST_OF_A_FORMAT = 64
/** Formats whose headers leave no doubt. Others that yield nothing were in the file by chance, or as part of a program. */
const SURE = new Set(['7z', 'rar', 'cab'])

const search = new SignatureSearch(EMBEDDED_FORMATS)

/** Archives behind something else, such as the program that unpacks them; those of one format together. */
export function embeddedArchives(content: Buffer): Container[] {
  const found = EMBEDDED_FORMATS.map((): Container[] => [])
  search.search(content, (index, start) => {
    const format = EMBEDDED_FORMATS[index] as ContainerFormat
    const starts = found[index] as Container[]
    if (start > 0 && isWhole(content, format.name, start)) starts.push(embeddedAt(format, start))
    return starts.length < MOST_OF_A_FORMAT
  })
  return found.flat()
}

function embeddedAt(format: ContainerFormat, start: number): Container {
  // NSIS counts from the beginning of its program.
  if (format.name === 'nsis') return { ...namedAs(format), start: 0 }
  return { ...namedAs(format), ...(!SURE.has(format.name) && { weak: true }), start }
}

/**
 * Whether what follows a signature, somewhere in a file, looks like the header of an archive: programs that unpack archives
 * have the signatures in them, without anything behind.
 *
 * @param name the format's, as in `EMBEDDED_FORMATS`.
 */
function isWhole(content: Buffer, name: string, start: number): boolean {
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
