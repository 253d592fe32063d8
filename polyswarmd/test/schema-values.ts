import { guidToUint128, newGuid } from '@polyswarm/protocol'
import fc from 'fast-check'
import { getAddress } from 'viem'

/** A JSON Schema as the document has them. */
export interface Schema {
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  pattern?: string
  format?: string
  contentSchema?: Schema
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  items?: Schema
  minItems?: number
  maxItems?: number
  properties?: Record<string, Schema>
  required?: string[]
  dependentRequired?: Record<string, string[]>
  additionalProperties?: unknown
}

const digitsBelow = (bits: bigint) => fc.bigInt({ min: 0n, max: 2n ** bits - 1n }).map(String)

/** What the formats of the document mean, beyond their patterns. Amounts in requests are digits, other integers numbers. */
export const FORMATS: Record<string, (value: string) => boolean> = {
  uint256: (text) => /^\d+$/.test(text) && BigInt(text) < 2n ** 256n,
  uint128: (text) => /^\d+$/.test(text) && BigInt(text) < 2n ** 128n,
  bytes32: (text) => (text.startsWith('0x') ? /^0x[0-9a-f]{0,64}$/i.test(text) : Buffer.byteLength(text) <= 32),
  'ethereum-address': (text) => text.toLowerCase() === text || getAddress(text.toLowerCase()) === text,
}

/** Values that a schema allows: not all, but of every kind that the document knows. */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf && schema.type !== 'object') return fc.oneof(...schema.anyOf.map(valuesOf))
  switch (schema.type) {
    case 'string':
      return textsOf(schema)
    case 'integer':
    case 'number':
      return fc.integer({
        min: schema.minimum ?? (schema.exclusiveMinimum ?? -1_000) + 1,
        max: Math.min(schema.maximum ?? 1_000_000, 1_000_000),
      })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array': {
      const minLength = schema.minItems ?? 0
      return fc.array(valuesOf(schema.items ?? {}), {
        minLength,
        maxLength: Math.min(schema.maxItems ?? 4, minLength + 4),
      })
    }
    case 'object':
      return recordsOf(schema)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

function textsOf({ pattern, format, contentSchema, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  if (contentSchema) return valuesOf(contentSchema).map((value) => JSON.stringify(value))
  if (format === 'uint256') return digitsBelow(256n).filter((text) => text.length <= maxLength || maxLength === 40)
  if (format === 'uint128') return fc.constant(null).map(() => String(guidToUint128(newGuid())))
  if (format === 'bytes32') {
    return fc
      .oneof(fc.stringMatching(/^0x[0-9a-f]{0,30}$/), fc.string({ minLength: 1, maxLength: 32 }))
      .filter((text) => FORMATS.bytes32?.(text) === true && text.length >= minLength)
  }
  if (format === 'ethereum-address') {
    return fc.stringMatching(/^0x[0-9a-f]{40}$/).chain((text) => fc.constantFrom(text, getAddress(text)))
  }
  if (pattern) {
    return fc
      .stringMatching(new RegExp(pattern))
      .filter((text) => text.length >= minLength && text.length <= Math.max(maxLength, 2_000))
  }
  return fc.string({ minLength, maxLength: Math.min(maxLength, 60) })
}

/** Objects with any of what is optional, and what has to come with it. */
function recordsOf({
  properties = {},
  required = [],
  anyOf = [],
  dependentRequired = {},
}: Schema): fc.Arbitrary<unknown> {
  const record = (names: string[]) =>
    fc.record(Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valuesOf(schema)])), {
      requiredKeys: [...required, ...names],
    })
  const alternatives = anyOf.length > 0 ? anyOf.map(({ required: names = [] }) => record(names)) : [record([])]
  return fc.oneof(...alternatives).map((value) => {
    const object = { ...(value as Record<string, unknown>) }
    for (const [name, others] of Object.entries(dependentRequired)) {
      if (others.some((other) => !(other in object))) delete object[name]
    }
    return object
  })
}

/**
 * The same, with integers that JavaScript would write as `1e+21`, which the API refuses as it may have been rounded. A schema
 * of numbers does not say how many bits they have.
 */
function inDigits(value: unknown): unknown {
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value
    return value < 2 ** 256 ? BigInt(value) : 'too large'
  }
  if (Array.isArray(value)) return value.map(inDigits)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inDigits(item)]))
}

/** A value with one thing in it changed, added or taken away, which may still be allowed. */
export function changed(value: unknown): fc.Arbitrary<unknown> {
  const other = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      '',
      0,
      -1,
      1.5,
      true,
      [],
      {},
      [{}],
      '0',
      '-1',
      'x',
      '1\n',
      '0x',
      '9'.repeat(101),
      2 ** 53,
    ),
    fc.jsonValue({ maxDepth: 1 }).map(inDigits),
    fc.string({ maxLength: 200 }),
  )
  if (Array.isArray(value)) {
    const within =
      value.length > 0
        ? [fc.nat(value.length - 1).chain((at) => changed(value[at]).map((item) => value.with(at, item)))]
        : []
    return fc.oneof(
      ...within,
      other,
      fc.constant(value.slice(1)),
      other.map((item) => [...value, item]),
    )
  }
  if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value)
    const object = value as Record<string, unknown>
    const within = names.map((name) => changed(object[name]).map((item) => ({ ...object, [name]: item })))
    const without = names.map((name) =>
      fc.constant(Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))),
    )
    return fc.oneof(...within, ...without, other)
  }
  return other
}
