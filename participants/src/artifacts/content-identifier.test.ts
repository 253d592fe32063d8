import * as fc from 'fast-check'
import { importer } from 'ipfs-unixfs-importer'
import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { identifyDirectory, identifyFile, parseContentIdentifier } from './content-identifier.ts'

/** Those of IPFS at first. */
const SETTINGS = { cidVersion: 0, rawLeaves: false } as const

const text = (content: string) => new Uint8Array(Buffer.from(content))

/** The same through the importer's own directories. */
async function imported(files: readonly Uint8Array[]): Promise<string> {
  const source = files.map((content, index) => ({ path: index.toString().padStart(6, '0'), content }))
  let last = ''
  const options = { ...SETTINGS, wrapWithDirectory: true } as const
  for await (const { cid } of importer(source, { put: async (cid: CID) => cid }, options)) last = cid.toString()
  return last
}

describe('identifyFile', () => {
  it.each([
    ['hello world\n', 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'],
    ['', 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH'],
  ])('agrees with go-ipfs on %j', async (content, expected) => {
    expect((await identifyFile(text(content))).cid.toString()).toBe(expected)
  })

  it.each([0, 1, 127, 128, 16_383, 16_384, 262_143, 262_144, 262_145, 600_000])(
    'agrees with the importer on %i bytes, and on their blocks',
    async (length) => {
      const content = new Uint8Array(length).map((_, at) => at * 7)
      const source = [{ content }]
      for await (const { cid, size } of importer(source, { put: async (cid: CID) => cid }, SETTINGS)) {
        const own = await identifyFile(content)
        expect([own.cid.toString(), own.size]).toEqual([cid.toString(), size])
      }
    },
  )
})

describe('identifyDirectory', () => {
  it('agrees with the importer on any number of files of any size', async () => {
    const file = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
      fc.integer({ min: 262_000, max: 800_000 }).map((size) => new Uint8Array(size).fill(7)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 12 }), async (files) => {
        const entries = await Promise.all(files.map(identifyFile))
        expect(identifyDirectory(entries).toString()).toBe(await imported(files))
      }),
      { numRuns: 20 },
    )
  })
})

describe('parseContentIdentifier', () => {
  it.each(['', 'http://169.254.169.254/', 'QmT78', '../../etc/passwd', '0'.repeat(46)])(
    'names nothing in %j',
    (given) => {
      expect(parseContentIdentifier(given)).toBeUndefined()
    },
  )
})
