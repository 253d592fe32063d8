import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bountyMetadataSchema } from '@polyswarm/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BountySourceError } from '../errors.ts'
import { describeArtifact } from './describe-artifact.ts'
import { directorySource } from './directory-source.ts'
import { eicarSource } from './eicar-source.ts'
import { sampleSource } from './sample-source.ts'

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

describe('describeArtifact', () => {
  it.each([
    ['page.html', '<p>', 'text/html'],
    ['a', 'MZ\0\0', 'application/x-dosexec'],
    ['b', 'a\0b', 'application/octet-stream'],
    ['c.txt', 'plain', 'text/plain'],
  ])('describes %s as the metadata of a bounty does', async (name, text, mimetype) => {
    const { metadata } = await describeArtifact({ name, content: new Blob([text]) })
    expect(bountyMetadataSchema.safeParse([metadata]).success).toBe(true)
    expect(metadata).toMatchObject({ filename: name, filesize: String(text.length), mimetype })
  })
})
