/** What JavaScript's own types leave out of JSON.parse and JSON.stringify as the runtime has them (ECMAScript 2026). */
interface ExactJson {
  rawJSON(text: string): unknown
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
}

const exact = JSON as unknown as ExactJson

/**
 * Writes JSON with every bigint as a plain integer, digit for digit, as the API's number fields require: a minimum stake
 * is `10000000000000000000000000` and never `1e+25`.
 *
 * @example
 * ```ts
 * import { stringifyJson } from '@polyswarm/protocol'
 * stringifyJson({ minimum_stake: 10n ** 25n }) // => '{"minimum_stake":10000000000000000000000000}'
 * ```
 */
export function stringifyJson(value: unknown): string {
  return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? exact.rawJSON(item.toString()) : item))
}

/**
 * Reads JSON, keeping integers beyond 2^53 exact as bigint; every other number stays a number.
 *
 * @throws SyntaxError where the text is not JSON, or nested thousands of levels deep.
 * @example
 * ```ts
 * import { parseJson } from '@polyswarm/protocol'
 * parseJson('[1, 10000000000000000000000000]') // => [1, 10000000000000000000000000n]
 * ```
 */
export function parseJson(text: string): unknown {
  try {
    return exact.parse(text, (_key, value, { source }) =>
      typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
        ? BigInt(source)
        : value,
    )
  } catch (cause) {
    if (cause instanceof RangeError) throw new SyntaxError('JSON is nested too deeply', { cause })
    throw cause
  }
}
