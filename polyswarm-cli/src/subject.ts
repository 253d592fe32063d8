import { hashTypeOf } from '@polyswarm/protocol/consumer'
import { InvalidArgumentError } from './errors.js'

/** What is already known to the service: an artifact by its hash, or a submission by its id. */
export type Subject = { hash: string } | { id: string }

/** An id has at most 19 digits; no hash is as short. */
const ID = /^[1-9]\d{0,18}$/

/** Reads a hash or an id. @throws InvalidArgumentError for anything else. */
export function parseSubject(text: string): Subject {
  if (hashTypeOf(text) !== undefined) return { hash: text.toLowerCase() }
  if (ID.test(text)) return { id: text }
  throw new InvalidArgumentError({
    argument: text === '' ? 'an empty argument' : text,
    reason: 'give an md5, sha1 or sha256 in hexadecimal digits, or the id of a submission',
  })
}

/** Reads the id of a submission. @throws InvalidArgumentError for anything else. */
export function parseSubmission(text: string): string {
  if (ID.test(text)) return text
  throw new InvalidArgumentError({
    argument: text === '' ? 'an empty argument' : text,
    reason: 'give the id of a submission; polyswarm list shows yours',
  })
}

/** The words of a command line; `-` stands for those on standard input, one on each line. */
export async function* subjectsIn(words: readonly string[], stdin: AsyncIterable<Buffer>): AsyncGenerator<string> {
  for (const word of words) {
    if (word !== '-') yield word
    else yield* linesOf(stdin)
  }
}

const LONGEST_LINE = 4_096

async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = ''
  for await (const part of stream) {
    const lines = (rest + part.toString()).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_LINE) {
      throw new InvalidArgumentError({ argument: '-', reason: 'a line of standard input is too long for a hash' })
    }
    yield* lines.map((line) => line.trim()).filter((line) => line !== '')
  }
  if (rest.trim() !== '') yield rest.trim()
}
