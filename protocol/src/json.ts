/** What JavaScript's own type leaves out of JSON.stringify as the runtime has it (ECMAScript 2026). */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown }

/** What a document may hold at most. */
export interface JsonLimits {
  /** Arrays and objects inside one another. Default 64. */
  nesting?: number
  /** Elements and members of all arrays and objects together. Default: no limit. */
  values?: number
}

/** No document of the market nests deeper than a handful of levels. */
const MAX_NESTING = 64

/** The longest number that means anything has 78 digits (2^256); a double written in full has 309. */
const MAX_NUMBER_LENGTH = 400

/** From this length on an integer may lie beyond 2^53. */
const LONG = 16

const INTEGER = /^-?[1-9]\d*$/

/**
 * Writes JSON with every bigint as a plain integer, digit for digit, as the API's number fields require: a minimum stake
 * is `10000000000000000000000000` and never `1e+25`. The only writer of JSON in the project: a value that came from
 * outside may hold a bigint anywhere, and the runtime's own writer throws on it.
 *
 * @param indent blanks for each level, where people are to read it; one line without.
 * @throws TypeError where the value contains itself, RangeError where it is nested thousands of levels deep.
 * @example
 * ```ts
 * import { stringifyJson } from '@polyswarm/protocol'
 * stringifyJson({ minimum_stake: 10n ** 25n }) // => '{"minimum_stake":10000000000000000000000000}'
 * ```
 */
export function stringifyJson(value: unknown, indent?: number): string {
  try {
    // Several times as fast, and most values hold no bigint.
    return JSON.stringify(value, null, indent)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? rawJSON(item.toString()) : item), indent)
  }
}

/**
 * Reads JSON, keeping integers beyond 2^53 exact as bigint; every other number stays a number. Takes time in proportion
 * to the text, whatever is in it.
 *
 * @throws SyntaxError where the text is not JSON, holds a number of more than 400 characters, or exceeds a limit.
 * @example
 * ```ts
 * import { parseJson } from '@polyswarm/protocol'
 * parseJson('[1, 10000000000000000000000000]') // => [1, 10000000000000000000000000n]
 * ```
 */
export function parseJson(text: string, limits: JsonLimits = {}): unknown {
  const integers = longIntegers(text, limits)
  if (integers.length === 0) return JSON.parse(text)
  // JSON.parse would round them, and a reviver that sees their digits costs a call for every value of the document. So
  // each gives its place to ["mark…digits"], with a mark that nobody who wrote the document can know.
  const mark = crypto.randomUUID()
  try {
    return withIntegers(JSON.parse(marked(text, integers, mark)), mark)
  } catch {
    // Wherever the marked text is wrong, so is the original, and its own error names the place.
    return JSON.parse(text)
  }
}

/** A number in a text, from its first character to the one after its last. */
type Span = readonly [start: number, end: number]

/** The long integers of a document, in order. @throws SyntaxError where it exceeds a limit. */
function longIntegers(text: string, { nesting = MAX_NESTING, values = Number.POSITIVE_INFINITY }: JsonLimits): Span[] {
  const found: Span[] = []
  let depth = 0
  let count = 0
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at)
        break
      case '[':
      case '{':
        if (++depth > nesting) throw new SyntaxError(`JSON nested more than ${nesting} levels`)
        if (++count > values) throw new SyntaxError(`JSON of more than ${values} values`)
        break
      case ']':
      case '}':
        depth--
        break
      case ',':
        if (++count > values) throw new SyntaxError(`JSON of more than ${values} values`)
        break
      default: {
        if (!startsNumber(text.charCodeAt(at))) break
        const end = endOfNumber(text, at)
        if (end - at > MAX_NUMBER_LENGTH)
          throw new SyntaxError(`JSON with a number of more than ${MAX_NUMBER_LENGTH} digits`)
        if (end - at >= LONG && INTEGER.test(text.slice(at, end))) found.push([at, end])
        at = end - 1
      }
    }
  }
  return found
}

/** Where the quote is that ends a string; the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

/** Where a number ends; of one that is too long no more is looked at than shows that. */
function endOfNumber(text: string, start: number): number {
  const limit = Math.min(text.length, start + MAX_NUMBER_LENGTH + 1)
  let at = start + 1
  while (at < limit && belongsToNumber(text.charCodeAt(at))) at++
  return at
}

function startsNumber(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2d
}

/** Digits, `+`, `-`, `.`, `e` and `E`. */
function belongsToNumber(code: number): boolean {
  return startsNumber(code) || code === 0x2b || code === 0x2e || code === 0x65 || code === 0x45
}

function marked(text: string, integers: readonly Span[], mark: string): string {
  const parts: string[] = []
  let from = 0
  for (const [start, end] of integers) {
    parts.push(text.slice(from, start), `["${mark}`, text.slice(start, end), '"]')
    from = end
  }
  return parts.join('') + text.slice(from)
}

/** A value with its integers in their places. Changes arrays and objects as they are. */
function withIntegers(value: unknown, mark: string): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const [first] = value
    if (typeof first === 'string' && first.startsWith(mark)) return integerOf(first.slice(mark.length))
    for (let index = 0; index < value.length; index++) value[index] = withIntegers(value[index], mark)
    return value
  }
  const members = value as Record<string, unknown>
  for (const key of Object.keys(members)) members[key] = withIntegers(members[key], mark)
  return value
}

function integerOf(digits: string): number | bigint {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value : BigInt(digits)
}
