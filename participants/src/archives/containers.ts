import { CONTAINER_FORMATS, type Container, type ContainerFormat, namedAs } from './container-formats.js'
import { embeddedArchives } from './embedded-archives.js'
import { isMail } from './mail-reader.js'
import { isTar } from './tar-header.js'
import { isUuencoded } from './uuencode.js'
import { hasDirectory } from './zip-entries.js'
import { isZip } from './zip-records.js'

const PLAIN_ZIP: Container = { name: 'zip', start: 0 }
/** Bytes at the end of a disk image that say what it is. */
const TRAILER = 512

/**
 * What a content is, or has in it, that holds other files: archives, packed files, mail, documents and disk images. A file
 * can be several at once, since programs look for them in different places. All bytes are looked at once or twice.
 */
export function containersOf(content: Buffer): Container[] {
  const found: Container[] = CONTAINER_FORMATS.filter((format) => isAt(content, format, 0)).map((format) => ({
    ...namedAs(format),
    start: 0,
  }))
  if (isTar(content)) found.push({ name: 'tar', type: 'tar', start: 0 })
  if (isLzma(content)) found.push({ name: 'lzma', type: 'lzma', weak: true, start: 0 })
  found.push(...trailers(content))
  if (isMail(content)) found.push({ name: 'mail', start: 0 })
  if (isUuencoded(content)) found.push({ name: 'uuencode', weak: true, start: 0 })
  // What an archive that begins here has in it is found when it is opened.
  const begins = new Set(found.map(({ name }) => name))
  const isOne = found.some(({ weak }) => !weak) || hasDirectory(content)
  if (!isOne) found.push(...embeddedArchives(content).filter(({ name }) => !begins.has(name)))
  if (isZip(content)) found.push(PLAIN_ZIP)
  return found
}

/**
 * Whether a content is an archive, or anything else that holds other files: packed files, mail, documents, disk images,
 * programs with an archive behind them. It reads all of the content: what is large belongs into a process of its own.
 *
 * @example
 * ```ts
 * import { isArchive } from '@polyswarm/participants'
 * isArchive(new Uint8Array(Buffer.from('a letter'))) // => false
 * ```
 */
export function isArchive(content: Uint8Array): boolean {
  return (
    content.length > 0 && containersOf(Buffer.from(content.buffer, content.byteOffset, content.byteLength)).length > 0
  )
}

function isAt(content: Buffer, { at, signature }: ContainerFormat, start: number): boolean {
  const from = start + at
  return (
    content.length >= from + signature.length &&
    // Most contents differ here, and what a comparison costs is checking where it is to look.
    content[from] === signature[0] &&
    content.compare(signature, 0, signature.length, from, from + signature.length) === 0
  )
}

/** LZMA before xz, which has no signature: properties, the size of a dictionary, the unpacked size, and a zero. */
function isLzma(content: Buffer): boolean {
  if (content.length < 14 || (content[0] ?? 0) >= 9 * 5 * 5 || content[13] !== 0) return false
  const dictionary = content.readUInt32LE(1)
  const top = 2 ** Math.floor(Math.log2(dictionary))
  const usual = dictionary >= 4_096 && (dictionary === top || dictionary === top * 1.5 || dictionary === 0xffffffff)
  const [low, high] = [content.readUInt32LE(5), content.readUInt32LE(9)]
  return usual && (high < 0x100 || (low === 0xffffffff && high === 0xffffffff))
}

function trailers(content: Buffer): Container[] {
  const start = content.length - TRAILER
  if (start < 0) return []
  const text = content.toString('latin1', start, start + 8)
  if (text === 'conectix' && start > 0) return [{ name: 'vhd', type: 'VHD', start: 0 }]
  return text.startsWith('koly\0\0\0\x04') ? [{ name: 'dmg', type: 'Dmg', start: 0 }] : []
}
