import type { ArchiveBudget } from './archive-budget.js'
import type { ArchiveMember } from './archive-member.js'
import { paxRecords } from './pax-records.js'

const BLOCK = 512
const REGULAR = new Set(['0', '\0', '7', ''])
const GNU_LONG_NAME = 'L'
const PAX = 'x'
/** Bytes of a name; no system takes longer ones. */
const MAX_NAME = 4_096

/** The regular files in a tar archive; links and devices have nothing to look at. GNU and pax headers are read. */
export function* tarMembers(archive: Buffer, budget: ArchiveBudget): Generator<ArchiveMember> {
  let longName: string | undefined
  let paxSize: number | undefined
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK)
    const sum = checksumOf(header)
    const said = header.subarray(148, 156)
    if (sum === EMPTY_SUM && said.every((byte) => byte === 0)) return
    budget.header()
    const type = String.fromCharCode(header[156] ?? 0)
    const describes = type === GNU_LONG_NAME || type === PAX
    const size = describes ? sizeOf(header) : (paxSize ?? sizeOf(header))
    if (size === undefined || numberOf(said) !== sum) {
      yield { path: '', unreadable: 'its headers are damaged', unseen: 'damaged' }
      return
    }
    const content = archive.subarray(at + BLOCK, at + BLOCK + size)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    if (type === GNU_LONG_NAME) longName = textOf(content.subarray(0, MAX_NAME))
    else if (type === PAX) {
      const records = paxRecords(content)
      longName = records.path?.slice(0, MAX_NAME) ?? longName
      paxSize = records.size ?? paxSize
    } else {
      const path =
        longName ?? [textOf(header.subarray(345, 500)), textOf(header.subarray(0, 100))].filter(Boolean).join('/')
      longName = undefined
      paxSize = undefined
      if (!REGULAR.has(type)) continue
      budget.admit(content.length)
      budget.spend(content.length)
      yield content.length === size ? { path, content } : { path, unreadable: 'it is cut off', unseen: 'damaged' }
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
  if (((field[0] ?? 0) & 0x80) === 0) return numberOf(field)
  const size = field.readUIntBE(6, 6)
  return field.subarray(1, 6).every((byte) => byte === 0) ? size : undefined
}

/** @returns undefined for what is no octal number. */
function numberOf(field: Buffer): number | undefined {
  const digits = textOf(field).trim()
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : undefined
}

/** That of a block of zeros. */
const EMPTY_SUM = 8 * 32

/** The sum of a header's bytes, those of the checksum itself taken for blanks. */
function checksumOf(header: Buffer): number {
  let sum = EMPTY_SUM
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += header[at] ?? 0
  return sum
}
