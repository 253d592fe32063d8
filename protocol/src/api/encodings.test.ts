import { expect, test } from 'vitest'
import type { z } from 'zod'
import { address, artifactType, bits, count, decimal, guid, hash, metadata, uint } from './encodings.ts'

const checksummed = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
const max = 2n ** 256n - 1n

test.each<[string, z.ZodType, unknown, unknown]>([
  ['decimal', decimal, '0', 0n],
  ['decimal', decimal, max.toString(), max],
  ['uint', uint, 7, 7n],
  ['uint', uint, max, max],
  ['count', count, 0, 0],
  ['bits', bits, Array(256).fill(true), Array(256).fill(true)],
  ['guid', guid, '7C9E6679-7425-40DE-944B-E07FC1F90AE7', '7c9e6679-7425-40de-944b-e07fc1f90ae7'],
  ['address', address, checksummed, checksummed],
  ['address', address, checksummed.toLowerCase(), checksummed],
  ['address', address, `0x${checksummed.slice(2).toUpperCase()}`, checksummed],
  ['hash', hash, `0x${'ab'.repeat(32)}`, `0x${'ab'.repeat(32)}`],
  ['artifactType', artifactType, 'url', 'url'],
  ['metadata', metadata, [{ mimetype: 'text/plain' }], [{ mimetype: 'text/plain' }]],
  ['metadata', metadata, 'Qm', 'Qm'],
  ['metadata', metadata, null, null],
])('%s %# is read as the project’s own type', (_name, schema, input, output) => {
  expect(schema.parse(input)).toEqual(output)
})

test.each<[string, z.ZodType, unknown]>([
  ['decimal', decimal, 1],
  ['decimal', decimal, ''],
  ['decimal', decimal, '-1'],
  ['decimal', decimal, '1e18'],
  ['decimal', decimal, '1\n'],
  ['decimal', decimal, (max + 1n).toString()],
  ['decimal', decimal, '9'.repeat(78)],
  ['decimal', decimal, '9'.repeat(1_000_000)],
  ['uint', uint, -1],
  ['uint', uint, -1n],
  ['uint', uint, 1.5],
  ['uint', uint, 1e30],
  ['uint', uint, '1'],
  ['uint', uint, true],
  ['count', count, 2 ** 53],
  ['count', count, 1n],
  ['bits', bits, Array(257).fill(true)],
  ['bits', bits, [0, 1]],
  ['guid', guid, '7c9e6679742540de944be07fc1f90ae7'],
  ['guid', guid, 1066],
  ['address', address, '0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'],
  ['address', address, checksummed.slice(2)],
  ['address', address, `${checksummed}00`],
  ['address', address, ''],
  ['hash', hash, 'ab'.repeat(32)],
  ['hash', hash, `0x${'ab'.repeat(31)}`],
  ['artifactType', artifactType, 'FILE'],
  ['artifactType', artifactType, 0],
  ['metadata', metadata, 7],
])('%s %# is refused without an exception', (_name, schema, input) => {
  expect(schema.safeParse(input).success).toBe(false)
})
