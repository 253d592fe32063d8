import assert from 'node:assert/strict'
import type { ArtifactStore, ExportOptions } from './artifact-store.js'

/** One thing that every artifact store must do. */
export interface ArtifactStoreCase {
  name: string
  /** Rejects with an AssertionError where the store does not. */
  run(store: ArtifactStore): Promise<void>
}

const HELLO_WORLD = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'
const NOWHERE = 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH'

/**
 * What every implementation of {@link ArtifactStore} must do, as cases for any test runner. A case may find what an
 * earlier one has stored.
 */
export const artifactStoreSuite: readonly ArtifactStoreCase[] = [
  {
    name: 'names the files of a directory by their order and gives them back byte by byte',
    async run(store) {
      const files = ['hello world\n', 'second', 'x'.repeat(700_000)]
      const uri = await store.addArtifacts(filesOf(files))
      const entries = await store.list(uri)
      assert.deepEqual(
        entries.map(({ name }) => name),
        ['000000', '000001', '000002'],
      )
      assert.equal(entries[0]?.hash, HELLO_WORLD)
      for (const [index, { hash, cumulativeSize }] of entries.entries()) {
        assert.equal(await textOf(store, hash), files[index])
        assert.ok(cumulativeSize > (files[index]?.length ?? 0))
      }
    },
  },
  {
    name: 'keeps 256 files in order',
    async run(store) {
      const files = Array.from({ length: 256 }, (_, index) => `artifact ${index}`)
      const entries = await store.list(await store.addArtifacts(filesOf(files)))
      assert.equal(entries.length, 256)
      assert.equal(await textOf(store, entries[255]?.hash ?? ''), 'artifact 255')
    },
  },
  {
    name: 'lists a file as its only, nameless entry, also one of many chunks',
    async run(store) {
      const document = 'y'.repeat(600_000)
      const hash = await store.addDocument(document)
      const [entry, ...others] = await store.list(hash)
      assert.deepEqual([entry?.name, entry?.hash, others.length], ['', hash, 0])
      assert.equal(await textOf(store, hash), document)
    },
  },
  {
    name: 'gives equal content equal addresses',
    async run(store) {
      assert.equal(await store.addDocument('hello world\n'), HELLO_WORLD)
      const [first, second] = [
        await store.addArtifacts(filesOf(['a', 'b'])),
        await store.addArtifacts(filesOf(['a', 'b'])),
      ]
      assert.equal(first, second)
    },
  },
  {
    name: 'tells the sizes of a file',
    async run(store) {
      const { num_links, block_size, links_size, data_size, cumulative_size, hash } = await store.stat(
        await store.addDocument('hello world\n'),
      )
      assert.equal(hash, HELLO_WORLD)
      assert.deepEqual([num_links, block_size, links_size, data_size, cumulative_size], [0, 20, 2, 18, 20])
    },
  },
  {
    name: 'keeps nothing of an upload that fails',
    async run(store) {
      const only = `only in the upload that fails: ${crypto.randomUUID()}`
      async function* failing() {
        yield* filesOf([only])
        throw new RangeError('the sender is gone')
      }
      await assert.rejects(store.addArtifacts(failing()), RangeError)
      // The same content in another store has an address that this one must not know.
      const whole = await store.addArtifacts(filesOf([only, 'more']))
      assert.equal((await store.list(whole)).length, 2)
    },
  },
  {
    name: 'refuses what cannot be an address and does not find what was never stored',
    async run(store) {
      for (const uri of ['', '../../etc/passwd', 'http://localhost', '0OIl', `Qm${'é'.repeat(44)}`]) {
        await assert.rejects(store.list(uri), { code: 'INVALID_ARTIFACT_URI' })
      }
      for (const uri of [NOWHERE, 'abc', 'z'.repeat(200), 'z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp']) {
        await assert.rejects(store.list(uri), { code: 'ARTIFACT_NOT_FOUND' })
        await assert.rejects(store.stat(uri), { code: 'ARTIFACT_NOT_FOUND' })
        await assert.rejects(store.read(uri), { code: 'ARTIFACT_NOT_FOUND' })
      }
    },
  },
  {
    name: 'does not read a directory as a file',
    async run(store) {
      const uri = await store.addArtifacts(filesOf(['a file']))
      await assert.rejects(store.read(uri), { code: 'ARTIFACT_NOT_FOUND' })
    },
  },
  {
    name: 'takes uploads at the same time',
    async run(store) {
      const uploads = Array.from({ length: 10 }, (_, index) => store.addArtifacts(filesOf(['shared', `own ${index}`])))
      const uris = await Promise.all(uploads)
      assert.equal(new Set(uris).size, 10)
      for (const [index, uri] of uris.entries()) {
        const [shared, own] = await store.list(uri)
        assert.equal(await textOf(store, shared?.hash ?? ''), 'shared')
        assert.equal(await textOf(store, own?.hash ?? ''), `own ${index}`)
      }
    },
  },
  {
    name: 'gives up what is unpinned and keeps what others share with it',
    async run(store) {
      const own = `own ${crypto.randomUUID()}`
      const common = 'common '.repeat(60_000)
      const [first, second] = [
        await store.addArtifacts(filesOf([own, common])),
        await store.addArtifacts(filesOf([common, 'x'])),
      ]
      const [ownEntry, commonEntry] = await store.list(first)
      await store.unpin(first)
      for (const gone of [first, ownEntry?.hash ?? ''])
        await assert.rejects(store.list(gone), { code: 'ARTIFACT_NOT_FOUND' })
      assert.equal(await textOf(store, commonEntry?.hash ?? ''), common)
      await store.unpin(second)
      await assert.rejects(store.read(commonEntry?.hash ?? ''), { code: 'ARTIFACT_NOT_FOUND' })
      await store.unpin(second)
      await store.unpin(NOWHERE)
      const again = await store.addArtifacts(filesOf([own, common]))
      assert.equal(again, first)
      assert.equal(await textOf(store, ownEntry?.hash ?? ''), own)
    },
  },
  {
    name: 'keeps a part of a directory for its own sake once it is pinned',
    async run(store) {
      const part = `part ${crypto.randomUUID()} `.repeat(20_000)
      const directory = await store.addArtifacts(filesOf([part, 'other']))
      const hash = (await store.list(directory))[0]?.hash ?? ''
      assert.deepEqual([await store.pin(hash), await store.pin(hash), await store.pin(NOWHERE)], [true, true, false])
      await store.unpin(directory)
      assert.equal(await textOf(store, hash), part)
      await store.unpin(hash)
      await assert.rejects(store.read(hash), { code: 'ARTIFACT_NOT_FOUND' })
    },
  },
  {
    name: 'exports the blocks of a directory, each after what links to it, in order',
    async run(store) {
      const files = ['first', 'x'.repeat(600_000), 'first', 'last']
      const uri = await store.addArtifacts(filesOf(files))
      const hashes = (await store.list(uri)).map(({ hash }) => hash)
      const whole = await exported(store, uri, { scope: 'all', duplicates: true })
      assert.deepEqual([whole[0], whole[1], whole[2]], [uri, hashes[0], hashes[1]])
      // Of the three leaves of the second, two are equal.
      assert.deepEqual([whole.length, whole[3] === whole[4], whole[6], whole[7]], [8, true, hashes[2], hashes[3]])
      const once = await exported(store, uri, { scope: 'all', duplicates: false })
      assert.deepEqual(once, [...new Set(whole)])
      const some = await exported(store, uri, { scope: 'all', duplicates: true, artifacts: new Set([3, 0, 9]) })
      assert.deepEqual(some, [uri, hashes[0], hashes[0], hashes[3]])
      assert.deepEqual(await exported(store, uri, { scope: 'entity', duplicates: true }), [uri])
      assert.equal((await exported(store, hashes[1] ?? '', { scope: 'entity', duplicates: true })).length, 4)
      assert.equal((await exported(store, hashes[1] ?? '', { scope: 'block', duplicates: true })).length, 1)
      await assert.rejects(store.export(NOWHERE, { scope: 'all', duplicates: true }), { code: 'ARTIFACT_NOT_FOUND' })
    },
  },
  {
    name: 'says that it can be used',
    async run(store) {
      assert.equal(await store.online(), true)
    },
  },
]

/** The addresses of what is exported. */
async function exported(store: ArtifactStore, uri: string, options: ExportOptions): Promise<string[]> {
  const { blocks, rootSize, sizes } = await store.export(uri, options)
  const all = await Array.fromAsync(blocks)
  const size = all.reduce((sum, { bytes }) => sum + bytes.length, 0)
  assert.ok(options.scope === 'block' || size <= sizes.reduce((sum, more) => sum + more, rootSize))
  return all.map(({ cid }) => cid.toString())
}

async function* filesOf(texts: readonly string[]): AsyncGenerator<AsyncIterable<Uint8Array>> {
  for (const text of texts) yield inPieces(new TextEncoder().encode(text))
}

/** Network reads end anywhere: pieces of odd sizes. */
async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 65_521) yield bytes.subarray(start, start + 65_521)
}

async function textOf(store: ArtifactStore, hash: string): Promise<string> {
  const { size, bytes } = await store.read(hash)
  const parts: Uint8Array[] = []
  for await (const part of bytes) parts.push(part)
  const content = Buffer.concat(parts)
  assert.equal(content.length, size)
  return content.toString()
}
