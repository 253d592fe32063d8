import { crc32 } from 'node:zlib'
import type { ArchiveBudget } from './archive-budget.js'
import type { ArchiveMember } from './archive-member.js'
import { inflate } from './inflate.js'
import type { Opening } from './opening.js'
import { type SevenZipOptions, sevenZipMembers } from './seven-zip.js'

const MAGIC = Buffer.from('\x1f\x8b', 'latin1')
/** Bytes of a header without what its flags add, and those behind the packed ones: a sum and a size. */
const [HEADER_SIZE, TRAILER_SIZE] = [10, 8]
const DEFLATED = 8
const [HEADER_SUM, EXTRA, NAME, COMMENT, RESERVED] = [2, 4, 8, 16, 0xe0]
/** Bytes of a name that are kept. */
const MAX_NAME = 4_096
/** Bytes behind the last member from which on they are looked at; fewer are no archive. */
const LEAST_REST = 36

interface GzipHeader {
  /** Name of the file that was packed, where it is said. */
  name: string | undefined
  /** Where the packed bytes begin. */
  at: number
}

/**
 * The file in a gzip archive (RFC 1952): of one with several members what they make together, as all programs that unpack it
 * have it. Bytes behind the last member are a member of their own. What is damaged is left to 7-Zip, which gets more out of it.
 *
 * @param isEmbedded it was found in the middle of a file: it may be none, and what is behind it is not its own.
 * @throws LimitReached as soon as the budget is spent.
 */
export async function* gzipMembers(
  archive: Buffer,
  opening: Opening,
  { isEmbedded = false, weak = false }: SevenZipOptions = {},
): AsyncGenerator<ArchiveMember> {
  const { budget } = opening
  const file = await fileIn(archive, budget)
  if (!file) {
    yield* sevenZipMembers(archive, 'gzip', opening, { isEmbedded, weak })
    return
  }
  const { path, content, end } = file
  budget.admit(0)
  yield { path, content }
  if (isEmbedded || archive.length - end < LEAST_REST) return
  budget.admit(0)
  budget.read(archive.length - end)
  yield { path: `bytes-${end}`, content: archive.subarray(end) }
}

/** What all members unpack to, and where the last one ends; undefined where not all of it is as it should be. */
async function fileIn(
  archive: Buffer,
  budget: ArchiveBudget,
): Promise<{ path: string; content: Buffer; end: number } | undefined> {
  const pieces: Buffer[] = []
  let path: string | undefined
  let end = 0
  do {
    budget.header()
    const header = headerAt(archive, end)
    if (!header) return undefined
    const { content, consumed, damaged } = await inflate(archive.subarray(header.at), budget)
    const trailer = header.at + consumed
    end = trailer + TRAILER_SIZE
    if (damaged || end > archive.length || !isWhole(content, archive, trailer)) return undefined
    path ??= header.name ?? 'unpacked'
    pieces.push(content)
  } while (isMagic(archive, end))
  const [first = Buffer.alloc(0)] = pieces
  return { path, content: pieces.length === 1 ? first : Buffer.concat(pieces), end }
}

function isMagic(archive: Buffer, at: number): boolean {
  return archive.length >= at + MAGIC.length && archive[at] === MAGIC[0] && archive[at + 1] === MAGIC[1]
}

/** Undefined where it is cut off, or says what no program understands. */
function headerAt(archive: Buffer, start: number): GzipHeader | undefined {
  const [method, flags = 0] = archive.subarray(start + MAGIC.length, start + HEADER_SIZE)
  if (method !== DEFLATED || flags & RESERVED) return undefined
  let at = start + HEADER_SIZE
  if (flags & EXTRA) at += at + 2 <= archive.length ? 2 + archive.readUInt16LE(at) : 2
  let name: string | undefined
  for (const flag of [NAME, COMMENT]) {
    if (!(flags & flag)) continue
    const end = archive.indexOf(0, at)
    if (end < 0) return undefined
    if (flag === NAME) name = archive.toString('latin1', at, Math.min(end, at + MAX_NAME))
    at = end + 1
  }
  if (flags & HEADER_SUM) at += 2
  return at <= archive.length ? { name: name === '' ? undefined : name, at } : undefined
}

/** Whether the sum and the size behind the packed bytes are those of the content. */
function isWhole(content: Buffer, archive: Buffer, trailer: number): boolean {
  return (
    archive.readUInt32LE(trailer) === crc32(content) && archive.readUInt32LE(trailer + 4) === content.length % 2 ** 32
  )
}
