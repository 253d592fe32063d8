import type { z } from 'zod'
import { InvalidBodyError } from './refusal.js'

const UINT256_END = 2n ** 256n

/**
 * Checks a request's body.
 *
 * @throws InvalidBodyError naming the first thing that is wrong, in the wording of the original.
 */
export function readBody<S extends z.ZodObject>(schema: S, body: unknown): z.infer<S> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0] as Issue | undefined
  throw new InvalidBodyError({ detail: issue ? describe(issue, schema, body) : 'data must be object' })
}

/** A string of digits that the chain must be able to hold. @throws InvalidBodyError above 2^256 - 1. */
export function uint256(digits: string, path: string): bigint {
  const value = BigInt(digits)
  if (value < UINT256_END) return value
  throw new InvalidBodyError({ detail: `data.${path} must be smaller than or equal to ${UINT256_END - 1n}` })
}

interface Issue {
  code: string
  path: PropertyKey[]
  expected?: string
  values?: readonly unknown[]
  origin?: string
  minimum?: number
  maximum?: number
  pattern?: string
}

function describe(issue: Issue, schema: z.ZodObject, body: unknown): string {
  const path = issue.path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`),
    'data',
  )
  const [property] = issue.path
  if (issue.path.length === 1 && typeof property === 'string' && !Object.hasOwn(body as object, property)) {
    return `data must contain ${quoted(requiredOf(schema))} properties`
  }
  return `${path} must ${rule(issue)}`
}

function rule({ code, expected, values, origin, minimum, maximum, pattern }: Issue): string {
  switch (code) {
    case 'invalid_type':
      return `be ${expected === 'number' || expected === 'int' ? 'integer' : expected}`
    case 'invalid_union':
      return 'be integer'
    case 'invalid_value':
      return `be one of ${quoted(values ?? [])}`
    case 'invalid_format':
      return `match pattern ${pattern?.replace(/^\/|\/[a-z]*$/g, '') ?? ''}`
    case 'too_small':
      if (origin === 'string') return `be longer than or equal to ${minimum} characters`
      return origin === 'array' ? `contain at least ${minimum} items` : `be bigger than or equal to ${minimum}`
    case 'too_big':
      if (origin === 'string') return `be shorter than or equal to ${maximum} characters`
      return origin === 'array'
        ? `contain less than or equal to ${maximum} items`
        : `be smaller than or equal to ${maximum}`
    default:
      return 'be valid'
  }
}

function requiredOf(schema: z.ZodObject): string[] {
  return Object.entries(schema.shape)
    .filter(([, field]) => !(field as z.ZodType).safeParse(undefined).success)
    .map(([name]) => name)
}

function quoted(values: readonly unknown[]): string {
  return `[${values.map((value) => `'${value}'`).join(', ')}]`
}
