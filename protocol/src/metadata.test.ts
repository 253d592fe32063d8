import { expect, test } from 'vitest'
import { assertionMetadataSchema, bountyMetadataSchema } from './metadata.ts'

test.each([
  [
    'a file of today',
    [{ mimetype: 'text/plain', filename: 'a.txt', filesize: 12, sha256: 'ab', sha1: 'cd', md5: 'ef' }],
  ],
  ['a file of 2019, whose size is a text', [{ mimetype: 'text/plain', filesize: '12' }]],
  ['a file of which little is known', [{ mimetype: '', filename: null, filesize: null, sha256: null }]],
  ['a URL of 2019', [{ protocol: 'https' }]],
  ['a URL of today', [{ protocol: null, uri: 'https://example.org/' }]],
  ['files and URLs at once', [{ mimetype: 'text/plain' }, { uri: 'https://example.org/' }]],
  ['256 files', Array(256).fill({ mimetype: 'text/plain' })],
])('bounty metadata: %s', (_case, document) => {
  expect(bountyMetadataSchema.parse(document)).toEqual(document)
})

test.each([
  ['nothing', null],
  ['no array', {}],
  ['an empty array', []],
  ['neither type nor URL', [{ filesize: '1' }]],
  ['a type that is no text', [{ mimetype: 1 }]],
  ['a size with a fraction', [{ mimetype: 'text/plain', filesize: 1.5 }]],
  ['one bad entry among good ones', [{ mimetype: 'text/plain' }, 'text/plain']],
  ['257 files', Array(257).fill({ mimetype: 'text/plain' })],
])('no bounty metadata: %s', (_case, document) => {
  expect(bountyMetadataSchema.safeParse(document).success).toBe(false)
})

test.each([
  ['only a family', [{ malware_family: 'Eicar' }]],
  ['an empty family', [{ malware_family: '' }]],
  [
    'everything',
    [
      {
        malware_family: 'Eicar',
        domains: ['example.org'],
        ip_addresses: ['192.0.2.1', '2001:db8::1'],
        stix: [{ schema: 'https://example.org/schema', signature: { any: ['thing'] } }],
        scanner: {
          version: '1.0',
          polyswarmclient_version: '2.8.0',
          vendor_version: 'x-7',
          signatures_version: 'today',
          environment: { operating_system: 'linux', architecture: 'x86_64', kernel: 7 },
          more: true,
        },
        heuristic: false,
        anything: 'else',
      },
    ],
  ],
  [
    'nulls wherever they may be',
    [{ malware_family: 'a', domains: null, ip_addresses: null, stix: null, scanner: null }],
  ],
  ['256 verdicts', Array(256).fill({ malware_family: '' })],
])('assertion metadata is passed on as it came: %s', (_case, document) => {
  expect(assertionMetadataSchema.parse(document)).toEqual(document)
})

test.each([
  ['an empty array', []],
  ['no array', { malware_family: 'Eicar' }],
  ['a misspelt family', [{ malware_familty: null }]],
  ['a family that is no text', [{ malware_family: null }]],
  ['a version that is none', [{ malware_family: '', scanner: { version: 'v1' } }]],
  ['a version with a line of its own', [{ malware_family: '', scanner: { version: '1.0\n' } }]],
  ['domains that are no list', [{ malware_family: '', domains: 'example.org' }]],
  ['a signature without its schema', [{ malware_family: '', stix: [{ signature: 'x' }] }]],
  ['257 verdicts', Array(257).fill({ malware_family: '' })],
])('no assertion metadata: %s', (_case, document) => {
  expect(assertionMetadataSchema.safeParse(document).success).toBe(false)
})
