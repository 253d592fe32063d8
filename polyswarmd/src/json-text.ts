import { parseJson } from '@polyswarm/protocol'

/**
 * The most values in a document from a stranger. 256 artifacts with sixty fields each fit; an array of a million
 * numbers, which would cost as many objects, does not.
 */
const MAX_VALUES = 16_384

/**
 * Reads JSON that a stranger wrote: integers stay exact, and what would take long to read or to write again is refused
 * before it is parsed.
 *
 * @throws SyntaxError where the text is not JSON, nested more than 64 levels, of more than 16,384 values, or with a
 * number of more than 400 digits.
 */
export function parseForeignJson(text: string): unknown {
  return parseJson(text, { values: MAX_VALUES })
}
