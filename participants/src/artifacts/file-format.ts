/** What kind of file something is, by its first bytes. */
export interface FileFormat {
  /** Short name, such as `pe`, `elf`, `zip`, `pdf`, `html`, `text`, `data`. */
  name: string
  mimetype: string
  /** Whether it is a program that a machine runs. */
  executable: boolean
  /** Whether its bytes look random by design: compressed or encrypted. */
  dense: boolean
}

interface Signature extends FileFormat {
  at: number
  bytes: readonly number[]
}

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0))

function signature(name: string, mimetype: string, bytes: readonly number[], more: Partial<Signature> = {}): Signature {
  return { name, mimetype, bytes, at: 0, executable: false, dense: false, ...more }
}

const SIGNATURES: readonly Signature[] = [
  signature('pe', 'application/vnd.microsoft.portable-executable', ascii('MZ'), { executable: true }),
  signature('elf', 'application/x-elf', [0x7f, ...ascii('ELF')], { executable: true }),
  signature('macho', 'application/x-mach-binary', [0xcf, 0xfa, 0xed, 0xfe], { executable: true }),
  signature('macho', 'application/x-mach-binary', [0xce, 0xfa, 0xed, 0xfe], { executable: true }),
  signature('java', 'application/java-vm', [0xca, 0xfe, 0xba, 0xbe], { executable: true }),
  signature('dex', 'application/vnd.android.dex', ascii('dex\n'), { executable: true }),
  signature('wasm', 'application/wasm', [0, ...ascii('asm')], { executable: true }),
  signature('zip', 'application/zip', [...ascii('PK'), 3, 4], { dense: true }),
  signature('zip', 'application/zip', [...ascii('PK'), 5, 6]),
  signature('gzip', 'application/gzip', [0x1f, 0x8b], { dense: true }),
  signature('bzip2', 'application/x-bzip2', ascii('BZh'), { dense: true }),
  signature('xz', 'application/x-xz', [0xfd, ...ascii('7zXZ'), 0], { dense: true }),
  signature('zstd', 'application/zstd', [0x28, 0xb5, 0x2f, 0xfd], { dense: true }),
  signature('7z', 'application/x-7z-compressed', [...ascii('7z'), 0xbc, 0xaf, 0x27, 0x1c], { dense: true }),
  signature('rar', 'application/vnd.rar', [...ascii('Rar!'), 0x1a, 7], { dense: true }),
  signature('cab', 'application/vnd.ms-cab-compressed', ascii('MSCF'), { dense: true }),
  signature('tar', 'application/x-tar', ascii('ustar'), { at: 257 }),
  signature('ole', 'application/x-ole-storage', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
  signature('pdf', 'application/pdf', ascii('%PDF-')),
  signature('rtf', 'application/rtf', ascii('{\\rtf')),
  signature('png', 'image/png', [0x89, ...ascii('PNG')], { dense: true }),
  signature('jpeg', 'image/jpeg', [0xff, 0xd8, 0xff], { dense: true }),
  signature('gif', 'image/gif', ascii('GIF8'), { dense: true }),
  signature('ogg', 'application/ogg', ascii('OggS'), { dense: true }),
  signature('mp3', 'audio/mpeg', ascii('ID3'), { dense: true }),
  signature('mp4', 'video/mp4', ascii('ftyp'), { at: 4, dense: true }),
  signature('lnk', 'application/x-ms-shortcut', [0x4c, 0, 0, 0, 1, 0x14, 2, 0]),
  signature('sqlite', 'application/vnd.sqlite3', ascii('SQLite format 3\0')),
  signature('script', 'text/x-shellscript', ascii('#!')),
]

/** How much of a text is looked at to tell that it is one. */
const TEXT_SAMPLE = 4_096

/**
 * Tells what kind of file a content is. An answer is always given: `text` for what reads as UTF-8 without control
 * characters, `empty` for nothing, and `data` for all else.
 *
 * @example
 * ```ts
 * import { formatOf } from '@polyswarm/participants'
 * formatOf(new Uint8Array(Buffer.from('%PDF-1.7'))).name // => 'pdf'
 * ```
 */
export function formatOf(content: Uint8Array): FileFormat {
  if (content.length === 0) return plain('empty', 'application/x-empty')
  const found = SIGNATURES.find((signature) => has(content, signature))
  if (found) {
    const { name, mimetype, executable, dense } = found
    return { name, mimetype, executable, dense }
  }
  const text = textOf(content)
  if (text === undefined) return plain('data', 'application/octet-stream')
  if (/^\s*(<!doctype html|<html|<head|<body|<script)/i.test(text)) return plain('html', 'text/html')
  if (/^\s*<\?xml/i.test(text)) return plain('xml', 'application/xml')
  if (/^\s*<\?php/i.test(text)) return plain('php', 'application/x-httpd-php')
  return plain('text', 'text/plain')
}

function plain(name: string, mimetype: string): FileFormat {
  return { name, mimetype, executable: false, dense: false }
}

function has(content: Uint8Array, { at, bytes }: Signature): boolean {
  for (let index = 0; index < bytes.length; index++) if (content[at + index] !== bytes[index]) return false
  return true
}

/** Made once: to make it takes longer than to decode. */
const UTF8 = new TextDecoder('utf-8', { fatal: true })

function textOf(content: Uint8Array): string | undefined {
  const sample = content.subarray(0, TEXT_SAMPLE)
  for (let index = 0; index < sample.length; index++) {
    const byte = sample[index] as number
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13) return undefined
  }
  try {
    return UTF8.decode(wholeCharacters(sample))
  } catch {
    return undefined
  }
}

/** Without a character of UTF-8 within which it ends. */
function wholeCharacters(sample: Uint8Array): Uint8Array {
  for (let back = 1; back < 4; back++) {
    const byte = sample.at(-back) ?? 0
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : byte >= 0x80 ? 0 : 1
    if (length > back) return sample.subarray(0, -back)
    if (length > 0) break
  }
  return sample
}
