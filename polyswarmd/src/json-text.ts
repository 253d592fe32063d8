import { parseJson } from '@polyswarm/protocol'

/** No document of the market nests deeper than a handful of levels. */
const MAX_NESTING = 64

/**
 * Reads JSON that a stranger wrote: integers stay exact, and nesting that would exhaust the stack, here or where the value
 * is written again, is refused before it is parsed.
 *
 * @throws SyntaxError where the text is not JSON, or nested more than 64 levels.
 */
export function parseForeignJson(text: string): unknown {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (inString) {
      if (char === '\\') i++
      else if (char === '"') inString = false
    } else if (char === '"') {
      inString = true
    } else if (char === '[' || char === '{') {
      if (++depth > MAX_NESTING) throw new SyntaxError(`JSON nested more than ${MAX_NESTING} levels`)
    } else if (char === ']' || char === '}') {
      depth--
    }
  }
  return parseJson(text)
}
