import { crc32, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArchiveBudget, LimitReached } from './archive-budget.ts'
import { ARCHIVE_LIMITS } from './archive-limits.ts'
import type { ArchiveMember } from './archive-member.ts'
import { gzipMembers } from './gzip-reader.ts'

async function members(archive: Buffer, isEmbedded = false, limits = ARCHIVE_LIMITS): Promise<ArchiveMember[]> {
  const opening = { budget: new ArchiveBudget(limits, archive.length), passwords: [] }
  const found: ArchiveMember[] = []
  for await (const member of gzipMembers(archive, opening, { isEmbedded, weak: isEmbedded })) found.push(member)
  return found
}

/** An archive with all that a header can say. */
function gzipWith(content: Buffer, said: { extra?: Buffer; name?: string; comment?: string; sum?: boolean }): Buffer {
  const plain = gzipSync(content)
  const header = Buffer.from(plain.subarray(0, 10))
  const { extra, name, comment, sum = false } = said
  header[3] = (sum ? 2 : 0) | (extra ? 4 : 0) | (name === undefined ? 0 : 8) | (comment === undefined ? 0 : 16)
  const length = Buffer.alloc(2)
  length.writeUInt16LE(extra?.length ?? 0)
  const more = [extra && length, extra, name, comment].flatMap((part) =>
    part === undefined ? [] : typeof part === 'string' ? Buffer.from(`${part}\0`, 'latin1') : part,
  )
  const whole = Buffer.concat([header, ...more])
  const headerSum = Buffer.alloc(sum ? 2 : 0)
  if (sum) headerSum.writeUInt16LE(crc32(whole) & 0xffff)
  return Buffer.concat([whole, headerSum, plain.subarray(10)])
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((content) => Buffer.from(content))
const text = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 20 }).map((name) => name.replaceAll('\0', '_'))
const said = fc.record({ extra: bytes, name: text, comment: text, sum: fc.boolean() }, { requiredKeys: [] })

describe('gzipMembers', () => {
  it('has what gunzip has, with the name of the first member, whatever the headers say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(bytes, said), { minLength: 1, maxLength: 4 }), async (parts) => {
        const archive = Buffer.concat(parts.map(([content, header]) => gzipWith(content, header)))
        const [, header] = parts[0] ?? []
        expect(await members(archive)).toEqual([{ path: header?.name ?? 'unpacked', content: gunzipSync(archive) }])
      }),
    )
  })

  it('ends where the packed bytes end, wherever in what is read at once that is', async () => {
    const packed = deflateRawSync(Buffer.alloc(10), { level: 0 }).length
    for (const more of [-2, -1, 0, 1, 2]) {
      // Stored blocks have five bytes before every 65,535.
      const content = Buffer.alloc(256 * 1024 - packed + 10 - 15 + more, 7)
      const archive = Buffer.concat([
        gzipSync(content, { level: 0 }),
        gzipSync('second'),
        Buffer.alloc(300_000, 'rest'),
      ])
      const [file, rest] = await members(archive)
      expect(file?.content?.length).toBe(content.length + 6)
      expect(rest?.content?.length).toBe(300_000)
    }
  })

  it('hands out what is behind the last member, but not that of an archive within a file', async () => {
    const archive = Buffer.concat([gzipSync('first'), Buffer.alloc(40, 'x')])
    expect(await members(archive)).toEqual([
      { path: 'unpacked', content: Buffer.from('first') },
      { path: `bytes-${archive.length - 40}`, content: Buffer.alloc(40, 'x') },
    ])
    expect(await members(archive, true)).toEqual([{ path: 'unpacked', content: Buffer.from('first') }])
  })

  it('says what is damaged, and hands out what comes before', async () => {
    const whole = gzipSync(Buffer.alloc(2_000, 'a letter '))
    for (const at of [3, 12, whole.length - 6, whole.length - 2]) {
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] ?? 0) ^ 0xff
      expect((await members(damaged)).at(-1)).toMatchObject({ unseen: 'damaged' })
    }
    const second = await members(Buffer.concat([gzipSync('first'), whole.subarray(0, whole.length - 9)]))
    expect(Buffer.from(second[0]?.content ?? []).includes('first')).toBe(true)
    expect(second.at(-1)).toMatchObject({ unseen: 'damaged' })
    expect(await members(Buffer.concat([Buffer.from('\x1f\x8b\x08\0', 'latin1'), Buffer.alloc(60)]), true)).toEqual([])
  })

  it('counts members without end, and bytes that unpack to nothing', async () => {
    const empty = gzipSync('')
    const many = Buffer.concat(Array.from({ length: ARCHIVE_LIMITS.maxHeaders + 1 }, () => empty))
    await expect(members(many)).rejects.toThrow(LimitReached)
    const hollow = Buffer.alloc(5 * 200_000, Buffer.from([0, 0, 0, 0xff, 0xff]))
    const archive = Buffer.concat([empty.subarray(0, 10), hollow, empty.subarray(10)])
    const limits = { ...ARCHIVE_LIMITS, maxBytes: 0 }
    expect(await members(archive, false, limits)).toEqual([{ path: 'unpacked', content: Buffer.alloc(0) }])
    const shared = new ArchiveBudget(limits, archive.length)
    const twice = async () => {
      for (let time = 0; time < 2; time++)
        for await (const _ of gzipMembers(archive, { budget: shared, passwords: [] }));
    }
    await expect(twice()).rejects.toThrow(LimitReached)
  })
})
