import { METADATA_ALIASES, METADATA_FIELDS, type MetadataField } from '@polyswarm/protocol/consumer'
import { ConsumerRequestError } from '../errors.js'
import { searchTerm } from '../market/search-terms.js'

/** Conditions of one query. */
const MOST = 16

/**
 * Reads a query: `field:value`, or `field:"a value"`, several with spaces or AND between them; all of them have to hold. A
 * value without a field is a family.
 *
 * @returns terms to look for, at least one.
 * @throws ConsumerRequestError where it says something else.
 */
export function termsOfQuery(query: string): string[] {
  const refuse = (reason: string) => new ConsumerRequestError({ field: 'query', reason })
  const terms: string[] = []
  const look = (name: string | undefined, value: string): void => {
    if (value.includes('*')) throw refuse('a value is looked for as a whole: there is no *')
    terms.push(searchTerm(name === undefined ? 'family' : fieldOf(name, refuse), value))
  }
  // What is between quotation marks, and what is not, by turns.
  const parts = query.split('"')
  if (parts.length % 2 === 0) throw refuse('a quotation mark is missing')
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) continue
    const words = part.split(/\s/).filter((word) => word !== '' && word !== 'AND')
    const quoted = parts[index + 1]
    const name = quoted !== undefined && /\S$/.test(part) ? words.pop() : undefined
    for (const word of words) {
      const colon = word.indexOf(':')
      look(colon < 0 ? undefined : word.slice(0, colon), word.slice(colon + 1))
    }
    if (quoted === undefined) continue
    if (name !== undefined && !name.endsWith(':')) throw refuse('write field:"a value"')
    look(name?.slice(0, -1), quoted)
  }
  if (terms.length === 0 || terms.length > MOST) throw refuse(`give 1 to ${MOST} conditions`)
  return terms
}

function fieldOf(name: string, refuse: (reason: string) => Error): MetadataField {
  if (Object.hasOwn(METADATA_FIELDS, name)) return name as MetadataField
  const known = Object.hasOwn(METADATA_ALIASES, name) ? METADATA_ALIASES[name] : undefined
  if (known === undefined)
    throw refuse(`there is no field ${name.slice(0, 64)}: ${Object.keys(METADATA_FIELDS).join(', ')}`)
  return known
}
