/** What clamd says of a content. */
export type ClamdAnswer = { found: string } | { found: null }

/** Not what is in the file, but that clamd does not get at it. As clamd words it, and as `cl_strerror` does. */
const NO_ACCESS =
  /^(?:File path check failure|lstat\(\) failed|Access denied|No such file|Not supported file type|Can't (?:open|access) file|Can't get file status)/i

/**
 * Reads an answer of clamd about one thing: a stream, or the path of a file.
 *
 * @param subject what it was asked about; an answer about anything else counts for nothing.
 * @returns what was found; `unreadable` where clamd cannot read that file; `failed` for all that is neither OK nor FOUND.
 */
export function readClamdAnswer(
  answer: string,
  subject: string,
): ClamdAnswer | { unreadable: string } | { failed: string } {
  const failed = answer === '' ? 'it hung up without an answer' : `it answered "${answer.slice(0, 200)}"`
  if (!answer.startsWith(`${subject}: `)) return { failed }
  const said = answer.slice(subject.length + 2)
  if (said === 'OK') return { found: null }
  const found = /^(.+) FOUND$/.exec(said)?.[1]
  if (found !== undefined) return { found }
  return NO_ACCESS.test(said) ? { unreadable: said.slice(0, 200) } : { failed }
}
