import type { ArchiveMember } from './archive-member.js'
import type { Opening } from './opening.js'

/** How a file begins that was made of letters, with `uuencode` or `uuencode -m`: its mode and its name. */
const HEADER = /^begin(-base64)? [0-7]{3,4} (\S.{0,255})$/
const BEGIN = Buffer.from('begin')
/** Characters of a header. */
const LONGEST_HEADER = 300

/** Whether there is a uuencoded file anywhere in a text: in mail, in a script that unpacks itself, or alone. */
export function isUuencoded(content: Buffer): boolean {
  return headerFrom(content, 0) !== undefined
}

/** The files that are uuencoded in a text. One that is cut off is a member, and damaged. */
export function* uuencodedMembers(content: Buffer, { budget }: Opening): Generator<ArchiveMember> {
  for (let header = headerFrom(content, 0); header; ) {
    const { path, isBase64 } = header
    budget.header()
    const pieces: Buffer[] = []
    let isWhole = false
    let at = header.end
    while (at < content.length && !isWhole) {
      const { line, next } = lineAt(content, at)
      at = next
      isWhole = isBase64 ? line === '====' : line === 'end'
      if (!isWhole) pieces.push(isBase64 ? Buffer.from(line, 'base64') : decoded(line))
    }
    const bytes = Buffer.concat(pieces)
    budget.admit(bytes.length)
    budget.spend(bytes.length)
    yield { path, content: bytes }
    if (!isWhole) yield { path, unreadable: 'it is cut off', unseen: 'damaged' }
    header = headerFrom(content, at)
  }
}

interface Header {
  path: string
  isBase64: boolean
  /** Where the line behind it begins. */
  end: number
}

function headerFrom(content: Buffer, from: number): Header | undefined {
  for (let at = content.indexOf(BEGIN, from); at >= 0; at = content.indexOf(BEGIN, at + BEGIN.length)) {
    if (at > 0 && content[at - 1] !== 0x0a) continue
    const { line, next } = lineAt(content, at, LONGEST_HEADER)
    const [, base64, path] = HEADER.exec(line) ?? []
    if (path !== undefined) return { path, isBase64: base64 !== undefined, end: next }
  }
  return undefined
}

/** A line without what ends it, and where the next one begins. @param most characters that are looked at. */
function lineAt(content: Buffer, at: number, most = content.length): { line: string; next: number } {
  const found = content.subarray(at, at + most).indexOf(0x0a)
  const end = found < 0 ? Math.min(content.length, at + most) : at + found
  return { line: content.toString('latin1', at, end).trimEnd(), next: end + 1 }
}

/** Of a line: its first character says how many bytes there are, each four of the others are three bytes. */
function decoded(line: string): Buffer {
  const value = (index: number): number => (line.charCodeAt(index) - 32) & 63
  const length = line === '' ? 0 : value(0)
  const bytes = Buffer.alloc(length)
  for (let at = 0; at < length; at++) {
    const from = 1 + Math.floor(at / 3) * 4 + (at % 3)
    // What is missing at the end of a line is spaces that were lost on the way.
    const [high, low] = [from, from + 1].map((index) => (index < line.length ? value(index) : 0)) as [number, number]
    bytes[at] = (high << (2 * (1 + (at % 3)))) | (low >> (4 - 2 * (at % 3)))
  }
  return bytes
}
