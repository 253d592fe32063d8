import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync, gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tarOf, zipOf } from './archive.fixture.ts'
import { LimitReached } from './archive-budget.ts'
import { ARCHIVE_LIMITS, type ArchiveLimits } from './archive-limits.ts'
import { isArchive } from './containers.ts'
import { readArchive } from './read-archive.ts'

const bytes = (text: string) => Buffer.from(text)

async function members(content: Uint8Array, limits: ArchiveLimits = ARCHIVE_LIMITS): Promise<[string, string][]> {
  const found: [string, string][] = []
  for await (const { path, content: inner, unreadable } of readArchive(content, limits)) {
    found.push([path, unreadable ?? Buffer.from(inner).toString('utf8')])
  }
  return found
}

/** What the system's tar makes of some files. */
function systemTarOf(files: Record<string, string>, ...flags: string[]): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'tar-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
    execFileSync('tar', ['-cf', 'out.tar', ...flags, ...Object.keys(files)], { cwd: directory })
    return readFileSync(join(directory, 'out.tar'))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

describe('readArchive', () => {
  it('opens zip, stored and deflated, also behind other bytes', async () => {
    const zip = zipOf({ 'a.txt': bytes('first'), 'dir/b.txt': bytes('second '.repeat(100)) })
    const expected = [
      ['a.txt', 'first'],
      ['dir/b.txt', 'second '.repeat(100)],
    ]
    expect(await members(zip)).toEqual(expected)
  })

  it('opens what tar makes, with long names, gzipped or not', async () => {
    const long = `${'n'.repeat(120)}.txt`
    for (const format of ['--format=gnu', '--format=pax', '--format=ustar']) {
      const files = format === '--format=ustar' ? { short: 'x' } : { short: 'x', [long]: 'y'.repeat(1_000) }
      const tar = systemTarOf(files, format)
      expect(await members(tar)).toEqual(Object.entries(files))
      const inGzip = (await members(gzipSync(tar))).slice(1)
      expect(inGzip).toEqual(Object.entries(files).map(([name, content]) => [`unpacked/${name}`, content]))
    }
  })

  it('opens archives within archives, so deep and no deeper', async () => {
    let inner = zipOf({ core: bytes('core') })
    for (let depth = 1; depth < ARCHIVE_LIMITS.maxDepth; depth++) inner = zipOf({ inner })
    expect((await members(inner)).at(-1)).toEqual(['inner/inner/inner/core', 'core'])
    await expect(members(zipOf({ inner }))).rejects.toThrow(LimitReached)
  })

  it('has no members for what is no archive', async () => {
    expect(isArchive(bytes('text'))).toBe(false)
    expect(await members(bytes('text'))).toEqual([])
  })

  it('says of an encrypted or damaged member that it cannot be read', async () => {
    const encrypted = zipOf({ secret: bytes('x') }, { flags: 1 })
    expect(await members(encrypted)).toEqual([['secret', 'it is encrypted']])
    const zip = zipOf({ a: bytes('some text '.repeat(50)) })
    zip.fill(0xff, 40, 60)
    expect((await members(zip))[0]?.[1]).toMatch(/damaged/)
    expect((await members(gzipSync('x').subarray(0, 12))).at(-1)?.[1]).toMatch(/Unexpected end of data/)
  })
})

/** Members that all unpack the same 4 MB, at whose end something is wrong. */
function damagedTwins(count: number): Buffer {
  const zip = zipOf({ one: Buffer.alloc(4_000_000, 'ab') }, { shared: count, claimedSize: 10 })
  const packed = deflateRawSync(Buffer.alloc(4_000_000, 'ab'))
  // The last byte of the packed ones; the directory says nothing of it.
  zip.fill(0xff, 30 + 3 + packed.length - 8, 30 + 3 + packed.length)
  return zip
}

/** Members that all read the same 1 MB of empty blocks. */
function hollowTwins(count: number): Buffer {
  const empty = Buffer.from([0, 0, 0, 0xff, 0xff])
  const packed = Buffer.concat(Array.from({ length: 200_000 }, () => empty))
  return zipOf({ one: packed }, { shared: count, claimedSize: 0, method: 8 })
}

describe('pax headers', () => {
  const pax = (text: string) => tarOf([{ type: 'x', content: bytes(text) }, { content: bytes('x') }])

  it('are read by the length of their records', async () => {
    expect(await members(pax('12 path=a=b\n'))).toEqual([['a=b', 'x']])
    expect(await members(pax('15 comment=abc\n10 path=c\n'))).toEqual([['c', 'x']])
    // What looks like a record within another is none.
    expect(await members(pax('23 comment=12 path=bad\n\n'))).toEqual([['name', 'x']])
  })

  it.each(['', '9'.repeat(600), '99 path=a\n', '0 path=a\n', '10path=abc\n', '-1 path=a\n', '4 =\n\n'])(
    'that are damaged say nothing: %j',
    async (text) => {
      expect(await members(pax(text))).toEqual([['name', 'x']])
    },
  )

  it('say how large the member behind them is', async () => {
    const tar = tarOf([
      { type: 'x', content: bytes('9 size=5\n') },
      { content: bytes('12345'), claimedSize: 0 },
    ])
    expect(await members(tar)).toEqual([['name', '12345']])
  })
})

it('has no members for directories without end', async () => {
  expect(await members(tarOf(Array.from({ length: 10_001 }, () => ({ type: '5' }))))).toEqual([])
})

describe('a bomb', () => {
  const bombs: [string, () => Buffer][] = [
    ['one member of zeros', () => zipOf({ zeros: Buffer.alloc(200_000_000) })],
    ['one that lies about its size', () => zipOf({ zeros: Buffer.alloc(200_000_000) }, { claimedSize: 10 })],
    ['gzip of zeros', () => gzipSync(Buffer.alloc(300_000_000))],
    [
      'too many members',
      () => zipOf(Object.fromEntries(Array.from({ length: 2_001 }, (_, i) => [`f${i}`, bytes('x')]))),
    ],
    [
      'more headers of long names than there can be members',
      () => tarOf(Array.from({ length: 10_001 }, () => ({ type: 'x', content: bytes('9 path=a\n') }))),
    ],
    [
      'more directories than there can be members',
      () => zipOf(Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`d${i}/`, bytes('')]))),
    ],
    ['members that share bytes and are damaged at their end', () => damagedTwins(200)],
    ['members that share bytes which unpack to nothing', () => hollowTwins(1_900)],
    ['many members that share their bytes', () => zipOf({ one: Buffer.alloc(4_000_000) }, { shared: 500 })],
  ]

  it.each(bombs)('is noticed, and not unpacked: %s', async (_name, make) => {
    const bomb = make()
    const before = process.memoryUsage().rss
    await expect(members(bomb)).rejects.toThrow(LimitReached)
    expect(process.memoryUsage().rss - before).toBeLessThan(600_000_000)
  })
})

it('whatever the bytes, reading them ends with members or a bomb', async () => {
  const zip = zipOf({ a: bytes('hello'), b: deflateRawSync(bytes('x')) })
  const archives = [zip, gzipSync('hello'), systemTarOf({ a: 'hello' })]
  const mutation = fc.tuple(
    fc.constantFrom(...archives),
    fc.array(fc.tuple(fc.nat(10_000), fc.nat(255)), { maxLength: 20 }),
    fc.nat(10_000),
  )
  await fc.assert(
    fc.asyncProperty(mutation, async ([archive, changes, length]) => {
      const changed = Buffer.from(archive.subarray(0, Math.max(20, length)))
      for (const [at, value] of changes) changed[8 + (at % (changed.length - 8))] = value
      await members(changed).catch((error: unknown) => expect(error).toBeInstanceOf(LimitReached))
    }),
    { numRuns: 500 },
  )
})
