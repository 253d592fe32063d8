import { isIP } from 'node:net'
import type { MetadataField } from '@polyswarm/protocol/consumer'
import type { Submission } from '../store/submission.js'

/** Terms that one artifact is found by. */
const MOST = 64
/** Characters of a value; a longer one is cut, when it is noted and when it is looked for. */
const LONGEST = 256

/** A field and a value as one text: what is noted of an artifact, and looked for. Letter case says nothing. */
export function searchTerm(field: MetadataField, value: string): string {
  return `${field}:${value.trim().toLowerCase().slice(0, LONGEST)}`
}

/** What an artifact can be found by: what is known of its bytes and name, and what engines said when they revealed. */
export function searchTerms(
  { type, name, families, assertions }: Pick<Submission, 'type' | 'name' | 'families' | 'assertions'>,
  mimetype: string,
): string[] {
  const found = new Set([searchTerm('type', type), searchTerm('mime', mimetype)])
  const note = (field: MetadataField, value: unknown): void => {
    if (typeof value === 'string' && value.trim() !== '') found.add(searchTerm(field, value))
  }
  if (type === 'url') {
    note('url', name)
    const host = URL.parse(name)?.hostname.replace(/^\[(.*)\]$/, '$1') ?? ''
    note(isIP(host) === 0 ? 'domain' : 'ip', host)
  } else {
    note('name', name)
    note('extension', /\.([^.]{1,16})$/.exec(name)?.[1])
  }
  note('family', families?.name)
  for (const { metadata } of assertions) {
    note('family', metadata?.malware_family)
    for (const domain of listIn(metadata?.domains)) note('domain', domain)
    for (const address of listIn(metadata?.ip_addresses)) note('ip', address)
    for (const url of listIn(metadata?.urls)) note('url', url)
    for (const technique of listIn(metadata?.ttps)) note('ttp', technique)
    note('imphash', metadata?.imphash)
  }
  return [...found].slice(0, MOST)
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
