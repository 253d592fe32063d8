import type { ArchiveBudget } from './archive-limits.js'
import type { ArchiveMember } from './archive-member.js'

const BLOCK = 512
const REGULAR = new Set(['0', '\0', '7', ''])
const GNU_LONG_NAME = 'L'
const PAX = 'x'

/** The regular files in a tar archive; links and devices have nothing to look at. Names by GNU and pax headers are read. */
export function* tarMembers(archive: Buffer, budget: ArchiveBudget): Generator<ArchiveMember> {
  let longName: string | undefined
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK)
    if (header.every((byte) => byte === 0)) return
    const size = sizeOf(header)
    if (size === undefined || !checksumHolds(header)) {
      yield { path: '', unreadable: 'its headers are damaged' }
      return
    }
    const content = archive.subarray(at + BLOCK, at + BLOCK + size)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    const type = String.fromCharCode(header[156] ?? 0)
    if (type === GNU_LONG_NAME) longName = textOf(content)
    else if (type === PAX) longName = /\d+ path=([^\n]*)\n/.exec(content.toString('utf8', 0, 8_192))?.[1] ?? longName
    else {
      const path =
        longName ?? [textOf(header.subarray(345, 500)), textOf(header.subarray(0, 100))].filter(Boolean).join('/')
      longName = undefined
      if (!REGULAR.has(type)) continue
      budget.admit(content.length)
      budget.spend(content.length)
      yield content.length === size ? { path, content } : { path, unreadable: 'it is cut off' }
    }
  }
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end)
}

/** Octal digits, or for large files a binary number whose first bit is set. */
function sizeOf(header: Buffer): number | undefined {
  const field = header.subarray(124, 136)
  if ((field[0] ?? 0) & 0x80) {
    const size = field.readUIntBE(6, 6)
    return field.subarray(1, 6).every((byte) => byte === 0) ? size : undefined
  }
  const digits = textOf(field).trim()
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : undefined
}

function checksumHolds(header: Buffer): boolean {
  let sum = 0
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 32 : byte
  return Number.parseInt(textOf(header.subarray(148, 156)).trim(), 8) === sum
}
