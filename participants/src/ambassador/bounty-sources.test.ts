import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bountyMetadataSchema } from '@polyswarm/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { identifyFile } from '../artifacts/content-identifier.ts'
import { BountySourceError } from '../errors.ts'
import { describeArtifact } from './describe-artifact.ts'
import { directorySource } from './directory-source.ts'
import { eicarSource } from './eicar-source.ts'
import { sampleSource } from './sample-source.ts'
import { urlSource } from './url-source.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sources-'))
})

afterEach(async () => {
  await rm(directory, { recursive: true })
})

async function contents(files: { name: string; content: Blob }[]): Promise<[string, string][]> {
  return Promise.all(files.map(async ({ name, content }) => [name, await content.text()]))
}

describe('the directory source', () => {
  it('puts up to 256 files into a bounty, and no more', async () => {
    for (let i = 0; i < 300; i++) await writeFile(join(directory, `f${String(i).padStart(3, '0')}`), `${i}`)
    const source = directorySource(directory)
    const plans = await source.plan()
    const bounties = await Promise.all(plans.map((plan) => source.artifacts(plan)))
    expect(bounties.map((files) => files.length)).toEqual([256, 44])
    expect((await contents(bounties[1] ?? []))[0]).toEqual(['f256', '256'])
  })

  it('leaves out empty files, and takes those below', async () => {
    await mkdir(join(directory, 'below'))
    await writeFile(join(directory, 'empty'), '')
    await writeFile(join(directory, 'below', 'full'), 'x')
    const source = directorySource(directory)
    const [plan = ''] = await source.plan()
    expect(await contents(await source.artifacts(plan))).toEqual([['full', 'x']])
  })

  it('says so when there is nothing, or no longer', async () => {
    const source = directorySource(directory)
    await expect(source.plan()).rejects.toThrow(/no files/)
    await expect(directorySource(join(directory, 'none')).plan()).rejects.toThrow(BountySourceError)
    await writeFile(join(directory, 'a'), 'x')
    const [plan = ''] = await source.plan()
    await rm(join(directory, 'a'))
    await expect(source.artifacts(plan)).rejects.toThrow(BountySourceError)
  })
})

describe('the samples and the eicar source', () => {
  it('give the same bytes for the same plan', async () => {
    const source = sampleSource()
    const plans = await source.plan()
    expect(plans).toEqual(['eicar', 'harmless', 'mixed'])
    for (const plan of plans) {
      expect(await contents(await source.artifacts(plan))).toEqual(await contents(await source.artifacts(plan)))
    }
  })

  it('plan EICAR and a harmless text', async () => {
    expect(await eicarSource(() => 0).plan()).toEqual(['eicar'])
    expect(await eicarSource(() => 0.9).plan()).toEqual(['not_eicar'])
    const [file] = await eicarSource().artifacts('eicar')
    const bytes = new Uint8Array((await file?.content.arrayBuffer()) ?? new ArrayBuffer())
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    expect(sha256).toBe('275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f')
    await expect(eicarSource().artifacts('constructor')).rejects.toThrow(BountySourceError)
  })
})

describe('the source of URLs', () => {
  const sourceOf = async (text: string | Uint8Array, perBounty?: number) => {
    const list = join(directory, 'urls.txt')
    await writeFile(list, text)
    return urlSource(list, perBounty)
  }

  it('posts each URL as it is written, without the end of its line', async () => {
    const list =
      '\ufeff# of last week\r\n\nhttps://example.org/a?b=c#d\r\n  HTTP://Example.org:8080 benign\nhttps://bücher.example/ \n'
    const source = await sourceOf(list)
    expect(source.artifactType).toBe('url')
    const [plan = '', ...more] = await source.plan()
    expect(more).toEqual([])
    await rm(join(directory, 'urls.txt'))
    const artifacts = await source.artifacts(plan)
    expect(await contents(artifacts)).toEqual([
      ['url-0', 'https://example.org/a?b=c#d'],
      ['url-1', 'HTTP://Example.org:8080'],
      ['url-2', 'https://bücher.example/'],
    ])
    const bytes = Buffer.from((await artifacts[2]?.content.arrayBuffer()) ?? new ArrayBuffer())
    expect(bytes.toString('hex')).toBe(Buffer.from('https://bücher.example/').toString('hex'))
  })

  it('puts as many into a bounty as it is told, and one that is there twice only once', async () => {
    const lines = Array.from({ length: 300 }, (_, index) => `https://example.org/${index % 290}\n`)
    const source = await sourceOf(lines.join(''))
    const sizes = async ({ plan, artifacts }: typeof source) =>
      (await Promise.all((await plan()).map(artifacts))).map(({ length }) => length)
    expect(await sizes(source)).toEqual([256, 34])
    expect(await sizes(await sourceOf(lines.join(''), 100))).toEqual([100, 100, 90])
  })

  it.each<[string, string | Uint8Array, RegExp]>([
    ['another scheme', 'https://example.org/\n\nftp://example.org/', /line 3: only http/],
    ['a script', 'javascript:alert(1)', /line 1: only http/],
    ['what a browser would mend', 'https:example.org', /line 1: only http/],
    ['no host', '# none\nhttps://', /line 2: it is not a URL/],
    ['a control character', 'https://example.org/\u001b[2J', /line 1: it holds a character/],
    ['a lone carriage return', 'https://example.org/\rhttps://example.net/', /line 1: it holds a character/],
    ['text that runs backwards', 'https://example.org/\u202egpj', /line 1: it holds a character/],
    ['more behind the URL', 'https://example.org/ and more', /line 1: nothing but malicious or benign/],
    ['a contradiction', 'https://a.example/ malicious\nhttps://a.example/ benign', /line 2: .* benign here .* line 1/],
    ['too much', `https://example.org/${'x'.repeat(2_048)}`, /line 1: the URL has 2068 bytes, 2048 are allowed/],
    ['another encoding', Uint8Array.of(...Buffer.from('https://example.org/'), 0xfc), /line 1: it is not UTF-8/],
    ['nothing', '# only this\n\n', /no URLs/],
  ])('refuses %s', async (_what, text, reason) => {
    const plan = (await sourceOf(text)).plan()
    await expect(plan).rejects.toThrow(BountySourceError)
    await expect(plan).rejects.toThrow(reason)
  })

  it('takes a URL of exactly the longest length', async () => {
    const longest = `https://example.org/${'x'.repeat(2_028)}`
    expect(await (await sourceOf(longest)).plan()).toEqual([JSON.stringify([longest])])
  })

  it('says so when there is no list', async () => {
    await expect(urlSource(join(directory, 'none')).plan()).rejects.toThrow(BountySourceError)
  })
})

describe('describeArtifact', () => {
  it('describes a URL by its text and its protocol', async () => {
    const { metadata, entry } = await describeArtifact(
      { name: 'url-0', content: new Blob(['HTTPS://example.org/a']) },
      'url',
    )
    expect(metadata).toEqual({ uri: 'HTTPS://example.org/a', protocol: 'https' })
    expect(bountyMetadataSchema.safeParse([metadata]).success).toBe(true)
    expect(entry.cid).toEqual((await identifyFile(Buffer.from('HTTPS://example.org/a'))).cid)
  })

  it.each([
    ['page.html', '<p>', 'text/html'],
    ['a', 'MZ\0\0', 'application/x-dosexec'],
    ['b', 'a\0b', 'application/octet-stream'],
    ['c.txt', 'plain', 'text/plain'],
  ])('describes %s as the metadata of a bounty does', async (name, text, mimetype) => {
    const { metadata } = await describeArtifact({ name, content: new Blob([text]) }, 'file')
    expect(bountyMetadataSchema.safeParse([metadata]).success).toBe(true)
    expect(metadata).toMatchObject({ filename: name, filesize: String(text.length), mimetype })
  })
})
