import { expect, test } from 'vitest'
import type { Submission } from '../store/submission.ts'
import { searchTerms } from './search-terms.ts'

const said = (metadata: Record<string, unknown>): Submission['assertions'][number] => {
  return { author: '0xE1' as never, bid: '1', verdict: true, metadata }
}

test('what engines found in a file is what it is found by, and what is no text is not', () => {
  const assertions = [
    said({ malware_family: 'Emotet', domains: ['Bad.example', 7, ''], ip_addresses: ['192.0.2.7'], stix: [] }),
    said({ urls: ['http://bad.example/x'], ttps: ['T1055', null], imphash: 'AB'.repeat(16), domains: 'bad.example' }),
  ]
  const terms = searchTerms({ type: 'file', name: 'a.exe', families: null, assertions }, 'application/x-dosexec')
  expect(terms).toEqual([
    ...['type:file', 'mime:application/x-dosexec', 'name:a.exe', 'extension:exe', 'family:emotet'],
    ...['domain:bad.example', 'ip:192.0.2.7', 'url:http://bad.example/x', 'ttp:t1055', `imphash:${'ab'.repeat(16)}`],
  ])
})

test.each([
  ['http://bad.example/x', 'domain:bad.example'],
  ['http://192.0.2.7/x', 'ip:192.0.2.7'],
  ['http://[2001:db8::1]/x', 'ip:2001:db8::1'],
])('%s leads to %s', (name, term) => {
  expect(searchTerms({ type: 'url', name, families: null, assertions: [] }, 'text/uri-list')).toContain(term)
})

test('an engine that names thousands of domains does not make the artifact endless', () => {
  const domains = Array.from({ length: 5_000 }, (_, at) => `${at}.example`)
  const assertions = [said({ malware_family: 'Emotet', domains })]
  expect(searchTerms({ type: 'file', name: 'a', families: null, assertions }, 'text/plain')).toHaveLength(64)
})
