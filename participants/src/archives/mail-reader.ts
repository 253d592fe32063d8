import { createHash } from 'node:crypto'
import type { Attachment } from 'postal-mime'
import type { ArchiveMember } from './archive-member.js'
import type { Opening } from './opening.js'

/** Bytes at the beginning that tell whether something is mail. */
const SAMPLE = 64 * 1024
const HEADER = /^[!-9;-~]{1,76}[ \t]{0,8}:/
const KNOWN = /^(?:from|to|cc|subject|date|received|return-path|delivered-to|message-id|mime-version|content-type):?$/i
/** Known headers that mail begins with, at least. */
const ENOUGH = 2
/** Lines of base64 are 76 characters, rarely fewer; a word alone on its line is none. */
const LEAST_BASE64 = 24
const BASE64_LINE = /^[A-Za-z0-9+/]+={0,2}$/
const MBOX = Buffer.from('From ')

/** Whether a content is a message (RFC 5322, MIME, MHTML) or a mailbox of them. */
export function isMail(content: Buffer): boolean {
  const text = content.toString('latin1', 0, SAMPLE)
  if (text.slice(0, 4_096).includes('\0')) return false
  return beginsWithHeaders(text) || text.toLowerCase().includes('content-transfer-encoding:')
}

function beginsWithHeaders(text: string): boolean {
  let known = 0
  const lines = text.replace(/^(?:\xef\xbb\xbf)?\s{0,64}/, '').split('\n', 64)
  for (const [index, line] of lines.entries()) {
    if (index === 0 && line.startsWith('From ')) continue
    const header = HEADER.exec(line)?.[0]
    if (header === undefined && !/^[ \t]/.test(line)) break
    if (header !== undefined && KNOWN.test(header.slice(0, -1).trim()) && ++known >= ENOUGH) return true
  }
  return false
}

/**
 * What is in a message: its attachments and texts; messages in it are attachments, to be opened in their turn. Since programs
 * do not agree on how broken messages are taken apart, whatever looks like base64 is decoded, too.
 */
export async function* mailMembers(content: Buffer, opening: Opening): AsyncGenerator<ArchiveMember> {
  if (content.subarray(0, MBOX.length).equals(MBOX)) {
    yield* mailboxMembers(content, opening)
    return
  }
  const { budget } = opening
  const seen = new Set<string>()
  const member = function* (path: string, bytes: Uint8Array): Generator<ArchiveMember> {
    const hash = createHash('sha256').update(bytes).digest('base64')
    if (bytes.length === 0 || seen.has(hash)) return
    seen.add(hash)
    budget.admit(bytes.length)
    budget.spend(bytes.length)
    yield { path, content: bytes }
  }
  try {
    // A library of some size, which is not loaded before there is mail.
    const { default: PostalMime } = await import('postal-mime')
    const { attachments, text, html } = await new PostalMime({ maxRfc822NestingDepth: 0 }).parse(content)
    for (const [index, attachment] of attachments.entries())
      yield* member(nameOf(attachment, index), bytesOf(attachment))
    for (const [path, part] of Object.entries({ text, html })) yield* member(path, Buffer.from(part ?? ''))
  } catch (error) {
    yield { path: '', unreadable: `it is no proper message: ${(error as Error).message}`, unseen: 'damaged' }
  }
  for (const block of base64Blocks(content)) yield* member('base64', Buffer.from(block, 'base64'))
}

/** Messages one after another, each behind a line that begins with `From `. */
function* mailboxMembers(content: Buffer, { budget }: Opening): Generator<ArchiveMember> {
  const separator = Buffer.from('\nFrom ')
  for (let start = 0, index = 0; start >= 0 && start < content.length; index++) {
    const headers = content.indexOf('\n', start, 'latin1')
    if (headers < 0) return
    const next = content.indexOf(separator, headers)
    const message = content.subarray(headers + 1, next < 0 ? content.length : next + 1)
    budget.admit(message.length)
    budget.spend(message.length)
    yield { path: `message-${index}`, content: message }
    start = next < 0 ? -1 : next + 1
  }
}

function nameOf({ filename, mimeType }: Attachment, index: number): string {
  return filename ?? `${mimeType}-${index}`
}

function bytesOf({ content }: Attachment): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content)
}

/** Runs of lines that have nothing but base64 in them. */
function* base64Blocks(content: Buffer): Generator<string> {
  let block: string[] = []
  for (let start = 0; start <= content.length; ) {
    const end = content.indexOf('\n', start, 'latin1')
    const line = content.toString('latin1', start, end < 0 ? content.length : end).trimEnd()
    if (BASE64_LINE.test(line) && (block.length > 0 || line.length >= LEAST_BASE64)) block.push(line)
    else {
      if (block.length > 0) yield block.join('')
      block = []
    }
    if (end < 0) break
    start = end + 1
  }
  if (block.length > 0) yield block.join('')
}
