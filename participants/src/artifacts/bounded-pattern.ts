import { runInNewContext } from 'node:vm'
import { PatternTimeoutError } from '../errors.js'

/** Characters of a text that a pattern looks at. */
const MAX_TEXT = 64 * 1024
/** Milliseconds that a pattern may take on them. */
const MAX_TIME = 50

/**
 * Looks for a pattern in a text that a stranger wrote: only its first 64 Ki characters are searched, and a search that takes
 * longer than 50 ms, as some patterns can be made to do, is ended.
 *
 * @throws PatternTimeoutError for such a search.
 */
export function testBounded(pattern: RegExp, text: string): RegExpExecArray | null {
  const searched = text.slice(0, MAX_TEXT)
  const scope = { pattern: new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')), searched }
  try {
    return runInNewContext('pattern.exec(searched)', scope, { timeout: MAX_TIME }) as RegExpExecArray | null
  } catch (cause) {
    throw new PatternTimeoutError({ pattern: pattern.source, cause })
  }
}
