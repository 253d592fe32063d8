import { Session } from 'node:inspector/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, it } from 'vitest'

const session = new Session()
session.connect()
afterAll(() => session.disconnect())
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
// Only what is compiled from here on is counted.
const { tarOf, zipOf } = await import('../archives/archive.fixture.ts')
const { ARCHIVE_LIMITS } = await import('../archives/archive-limits.ts')
const { readArchive } = await import('../archives/read-archive.ts')
const { formatOf } = await import('../artifacts/file-format.ts')
const { entropyOf } = await import('../artifacts/entropy.ts')
const { isArchive } = await import('../archives/containers.ts')
const { PASSES } = await import('./passes.ts')

/**
 * Whatever reads foreign bytes does four times the work for four times as many. Work is counted, not timed: how often each
 * block of our code ran, as the engine counts it for coverage. What patterns cost is not in it; see
 * test/linear-patterns.test.ts.
 */
const MARGIN = 4.5

const limits = { ...ARCHIVE_LIMITS, maxHeaders: 1e9, maxMembers: 1e9 }
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

async function read(content: Uint8Array): Promise<void> {
  for await (const _ of readArchive(content, limits));
}

const ends = (count: number) => Buffer.alloc(22 * count, Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]))
const mail = (body: string, headers = '') =>
  bytes(`From: a@b\nTo: c@d\nContent-Type: multipart/mixed; boundary=b\n${headers}\n${body}`)

const readers: [string, (content: Uint8Array) => unknown, (size: number) => Uint8Array][] = [
  // In one header: a pattern that starts again at each digit is quadratic in its length.
  ['pax headers of digits', read, (size) => tarOf([{ type: 'x', content: Buffer.alloc(size / 32, '1') }])],
  [
    'many pax headers',
    read,
    (size) => tarOf(Array.from({ length: size / 2_048 }, () => ({ type: 'x', content: Buffer.alloc(1_024, '1') }))),
  ],
  ['pax records', read, (size) => tarOf([{ type: 'x', content: bytes('7 a=bc\n'.repeat(size / 64)) }])],
  ['directories', read, (size) => tarOf(Array.from({ length: size / 2_048 }, () => ({ type: '5' })))],
  [
    'long names',
    read,
    (size) => tarOf(Array.from({ length: size / 2_048 }, () => ({ type: 'L', content: Buffer.alloc(1_024, 'n') }))),
  ],
  [
    'gzip of tar',
    read,
    (size) =>
      gzipSync(tarOf(Array.from({ length: size / 2_048 }, () => ({ type: 'x', content: Buffer.alloc(1_024, '1') })))),
  ],
  ['members of a zip', read, (size) => zipOf({ name: bytes('x') }, { repeat: size / 64 })],
  [
    'ends of a zip that are none',
    read,
    (size) => Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(size / 64, 'PK\x05\x06')]),
  ],
  ['ends of a zip behind its directory', read, (size) => Buffer.concat([zipOf({ a: bytes('x') }), ends(size / 22)])],
  [
    'headers of a zip that nothing refers to',
    read,
    (size) => Buffer.concat(Array.from({ length: size / 512 }, () => zipOf({ a: bytes('x') }).subarray(0, 32))),
  ],
  ['directories of a zip, one after another', read, (size) => Buffer.alloc(size / 8, zipOf({ a: bytes('x') }))],
  [
    'containers in any file',
    isArchive,
    (size) => Buffer.alloc(size, '7z\xbc\xaf\x27\x1cMSCF\0\0\0\0Rar!\x1a\x07\0', 'latin1'),
  ],
  ['mail of base64', read, (size) => mail(`${'QUJD'.repeat(19)}\n`.repeat(size / 76))],
  ['mail of one line', read, (size) => mail('QUJD'.repeat(size / 4))],
  ['mail of parts', read, (size) => mail('--b\nContent-Type: text/html\n\nx\n'.repeat(size / 512))],
  ['mail of headers', read, (size) => mail('', 'X-A: b\n'.repeat(size / 8))],
  ['uuencoded lines', read, (size) => bytes(`begin 644 a\n${`M${'a'.repeat(60)}\n`.repeat(size / 62)}`)],
  ['beginnings without an end', read, (size) => bytes('begin 644 a\n'.repeat(size / 12))],
  ['beginnings of lines without an end', read, (size) => bytes('begin 644 '.repeat(size / 10))],
  ['a mailbox', read, (size) => bytes('From a\nFrom: b\nTo: c\n\nd\n'.repeat(size / 512))],
  ['a format', formatOf, (size) => Buffer.alloc(size, ' <!doctype')],
  ['entropy', PASSES.entropy, (size) => Buffer.alloc(size)],
]

/**
 * How often our code ran while a content was read: of each function, its busiest block. Their sum would not do, since
 * blocks that ran equally often are told as one. Taking the counts begins anew.
 */
async function workOf(read: (content: Uint8Array) => unknown, content: Uint8Array): Promise<number> {
  await session.post('Profiler.takePreciseCoverage')
  await read(content)
  const { result } = await session.post('Profiler.takePreciseCoverage')
  return result
    .filter(({ url }) => /participants\/src\/(archives|artifacts|examiner)\/[\w-]+\.ts/.test(url))
    .flatMap(({ functions }) => functions)
    .reduce((sum, { ranges }) => sum + Math.max(...ranges.map(({ count }) => count)), 0)
}

it.each(readers)('costs work in proportion to its size: %s', async (_name, read, make) => {
  const size = 128 * 1024
  const small = await workOf(read, make(size))
  const large = await workOf(read, make(4 * size))
  expect(small).toBeGreaterThan(0)
  expect(large / small).toBeLessThan(MARGIN)
})

it('notices work that is not in proportion', async () => {
  const quadratic = (content: Uint8Array): void => {
    for (let at = 0; at < content.length; at += 512) entropyOf(content.subarray(at))
  }
  const make = (size: number) => bytes('7 a=bc\n'.repeat(size / 7))
  expect((await workOf(quadratic, make(40_000))) / (await workOf(quadratic, make(10_000)))).toBeGreaterThan(2 * MARGIN)
})
