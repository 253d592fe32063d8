import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { base58btc } from 'multiformats/bases/base58'
import type { CID } from 'multiformats/cid'
import { afterAll, expect, test } from 'vitest'
import { artifactStoreSuite } from './artifact-store-suite.fixture.ts'
import { BlockReferences } from './block-references.ts'
import { EmbeddedArtifactStore } from './embedded-store.ts'
import { importFiles } from './unixfs-import.ts'

const directory = mkdtempSync(join(tmpdir(), 'artifacts-'))
const store = new EmbeddedArtifactStore(directory)
afterAll(() => rmSync(directory, { recursive: true }))

for (const { name, run } of artifactStoreSuite) test(`the embedded store ${name}`, () => run(store))

test.each([
  ['hello world\n', 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'],
  ['hello world', 'Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD'],
  ['', 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH'],
])('%j has the address that go-ipfs gives it', async (text, address) => {
  expect(await new EmbeddedArtifactStore(join(directory, 'vectors')).addDocument(text)).toBe(address)
})

test('addresses of files and directories are those of a block encoder written by hand', async () => {
  const sizes = fc.integer({ min: 1, max: 3 * 262_144 })
  await fc.assert(
    fc.asyncProperty(fc.array(sizes, { minLength: 1, maxLength: 4 }), fc.nat(255), async (lengths, fill) => {
      const files = lengths.map((length, index) => Buffer.alloc(length, fill + index))
      const uri = await store.addArtifacts(streams(files))
      const nodes = files.map((file) => fileNode(file))
      expect((await store.list(uri)).map(({ hash }) => hash)).toEqual(nodes.map(({ address }) => address))
      const links = nodes.map((node, index) => ({ ...node, name: String(index).padStart(6, '0') }))
      expect(uri).toBe(node(Buffer.from([0x08, 0x01]), links).address)
    }),
    { numRuns: 25 },
  )
})

test('a block that was changed on disk is an error, never content', async () => {
  const own = join(directory, 'changed')
  const changed = new EmbeddedArtifactStore(own)
  const hash = await changed.addDocument('what was stored '.repeat(10_000))
  const small = await changed.addDocument('what was stored')
  const [file] = readdirSync(join(own, 'packs'), { recursive: true, withFileTypes: true }).filter((e) => e.isFile())
  writeFileSync(join(file?.parentPath ?? '', file?.name ?? ''), 'something else')
  changed.close()
  const db = new DatabaseSync(join(own, 'packs.sqlite'))
  db.exec("UPDATE packs SET content = CAST('something else' AS BLOB) WHERE content IS NOT NULL")
  db.close()
  const again = new EmbeddedArtifactStore(own)
  await expect(again.read(hash)).rejects.toMatchObject({ code: 'ARTIFACT_STORE' })
  await expect(again.read(small)).rejects.toMatchObject({ code: 'ARTIFACT_STORE' })
  again.close()
})

test('what is stored already is not written once more', async () => {
  const own = join(directory, 'twice')
  const twice = new EmbeddedArtifactStore(own)
  const [said, saidByOne] = ['said by five engines '.repeat(10_000), 'said by one '.repeat(10_000)]
  const uri = await twice.addDocument(said)
  rmSync(join(own, 'staging'), { recursive: true })
  expect(await twice.addDocument(said)).toBe(uri)
  await expect(twice.addDocument(saidByOne)).rejects.toMatchObject({ code: 'ARTIFACT_STORE' })
  twice.close()
})

test('what is small needs no file, is there after a start, and is gone when it is given up', async () => {
  const own = join(directory, 'small')
  const files = () => readdirSync(join(own, 'packs'), { recursive: true })
  const all = () => readdirSync(own).reduce((sum, name) => sum + statSync(join(own, name)).size, 0)
  const first = new EmbeddedArtifactStore(own)
  const uri = await first.addArtifacts(streams([Buffer.from('one'), Buffer.alloc(50_000, 7)]))
  expect(await first.addArtifacts(streams([Buffer.from('one'), Buffer.alloc(50_000, 7)]))).toBe(uri)
  first.close()
  const before = all()
  const second = new EmbeddedArtifactStore(own)
  const [one, two] = await second.list(uri)
  const content = async (hash = '') => Buffer.concat(await Array.fromAsync((await second.read(hash)).bytes))
  expect([await content(one?.hash), await content(two?.hash)]).toEqual([Buffer.from('one'), Buffer.alloc(50_000, 7)])
  // A part of it that is pinned for its own sake stays.
  expect(await second.pin(one?.hash ?? '')).toBe(true)
  await second.unpin(uri)
  await expect(second.list(uri)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' })
  await expect(second.read(two?.hash ?? '')).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' })
  expect(await content(one?.hash)).toEqual(Buffer.from('one'))
  const said = await second.addDocument('said again')
  await second.unpin(said)
  await expect(second.list(said)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' })
  expect(await second.addDocument('said again')).toBe(said)
  expect(await content(said)).toEqual(Buffer.from('said again'))
  // Its room is used again.
  for (let round = 0; round < 20; round++) {
    await second.unpin(await second.addDocument(`${round}`.repeat(20_000)))
  }
  second.close()
  expect(all()).toBeLessThan(before + 100_000)
  expect(files()).toEqual([])
})

test('an upload that fails leaves no file, and one that a crash cut off is gone at the next start', async () => {
  const own = join(directory, 'partial')
  const partial = new EmbeddedArtifactStore(own)
  async function* failing() {
    yield* streams([Buffer.alloc(1_000_000, 1), Buffer.alloc(10, 2)])
    throw new Error('gone')
  }
  await expect(partial.addArtifacts(failing())).rejects.toThrow('gone')
  const files = () => readdirSync(own, { recursive: true }).filter((file) => !String(file).startsWith('packs.sqlite'))
  expect(files().sort()).toEqual(['packs', 'staging'])
  mkdirSync(join(own, 'staging', 'left', 'over'), { recursive: true })
  new EmbeddedArtifactStore(own)
  expect(existsSync(join(own, 'staging', 'left'))).toBe(false)
})

test('an upload that a crash caught between its rows and its place is found at the next start, and nothing is stored twice', async () => {
  const own = join(directory, 'caught')
  const first = new EmbeddedArtifactStore(own)
  const uri = await first.addArtifacts(streams([Buffer.from('caught'), Buffer.alloc(600_000, 3)]))
  first.close()
  const packs = () =>
    readdirSync(join(own, 'packs'), { recursive: true, withFileTypes: true }).filter((e) => e.isFile())
  const [pack] = packs()
  renameSync(join(pack?.parentPath ?? '', pack?.name ?? ''), join(own, 'staging', pack?.name ?? ''))
  const second = new EmbeddedArtifactStore(own)
  const [entry] = await second.list(uri)
  expect(Buffer.concat(await Array.fromAsync((await second.read(entry?.hash ?? '')).bytes)).toString()).toBe('caught')
  expect(await second.addArtifacts(streams([Buffer.from('caught'), Buffer.alloc(600_000, 3)]))).toBe(uri)
  expect([packs().length, readdirSync(join(own, 'staging'))]).toEqual([1, []])
  // Its two full leaves are equal, and written once.
  expect(statSync(join(packs()[0]?.parentPath ?? '', packs()[0]?.name ?? '')).size).toBeLessThan(400_000)
  await second.unpin(uri)
  expect(packs()).toEqual([])
  second.close()
})

test('what an earlier version has kept, a file for each block, is read, kept in part and given up', async () => {
  const own = join(directory, 'earlier')
  mkdirSync(own)
  const uris: string[] = []
  const references = new BlockReferences(join(own, 'references.sqlite'))
  const shared = Buffer.alloc(300_000, 5)
  for (const files of [
    [Buffer.from('first'), shared],
    [shared, Buffer.from('second')],
  ]) {
    const paths: string[] = []
    const put = async (cid: CID, bytes: Uint8Array) => {
      const name = Buffer.from(cid.multihash.digest).toString('hex')
      const path = join(name.slice(-3, -1), name)
      mkdirSync(join(own, 'blocks', name.slice(-3, -1)), { recursive: true })
      writeFileSync(join(own, 'blocks', path), bytes)
      paths.push(path)
      return cid
    }
    const root = (await importFiles(streams(files), { put } as never)).root.toString()
    references.add(root, paths)
    uris.push(root)
  }
  references.close()
  const earlier = new EmbeddedArtifactStore(own)
  const [first = '', second = ''] = uris
  const hashes = (await earlier.list(first)).map(({ hash }) => hash)
  const content = async (hash = '') => Buffer.concat(await Array.fromAsync((await earlier.read(hash)).bytes))
  expect([await content(hashes[0]), await content(hashes[1])]).toEqual([Buffer.from('first'), shared])
  expect(await earlier.pin(hashes[0] ?? '')).toBe(true)
  await earlier.unpin(first)
  await expect(earlier.list(first)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' })
  expect([await content(hashes[0]), await content(hashes[1])]).toEqual([Buffer.from('first'), shared])
  // Uploaded again, it is a pack as any other.
  expect(await earlier.addArtifacts(streams([Buffer.from('first'), shared]))).toBe(first)
  await earlier.unpin(second)
  expect(readdirSync(join(own, 'blocks'), { recursive: true, withFileTypes: true }).filter((e) => e.isFile())).toEqual(
    [],
  )
  expect(await content(hashes[1])).toEqual(shared)
  earlier.close()
})

async function* streams(files: readonly Uint8Array[]): AsyncGenerator<AsyncIterable<Uint8Array>> {
  for (const file of files) {
    yield (async function* () {
      yield file
    })()
  }
}

interface Link {
  address: string
  /** Of the blocks. */
  size: number
  name?: string
}

/** UnixFS as the specification writes it down: chunks of 256 KiB below one node, or a single node. */
function fileNode(content: Buffer): Link {
  const chunks = Array.from({ length: Math.ceil(content.length / 262_144) }, (_, index) =>
    content.subarray(index * 262_144, (index + 1) * 262_144),
  )
  const leaf = (chunk: Buffer) => {
    const data = Buffer.concat([Buffer.from([0x08, 0x02, 0x12]), varint(chunk.length), chunk])
    return node(Buffer.concat([data, Buffer.from([0x18]), varint(chunk.length)]), [])
  }
  if (chunks.length === 1) return leaf(content)
  const blockSizes = chunks.flatMap((chunk) => [Buffer.from([0x20]), varint(chunk.length)])
  const total = Buffer.concat([Buffer.from([0x08, 0x02, 0x18]), varint(content.length), ...blockSizes])
  return node(
    total,
    chunks.map((chunk) => ({ ...leaf(chunk), name: '' })),
  )
}

function node(data: Buffer, links: readonly Link[]): Link {
  const encoded = links.map(({ address, size, name = '' }) => {
    const hash = Buffer.from(base58btc.decode(`z${address}`))
    const fields = [field(0x0a, hash), field(0x12, Buffer.from(name)), Buffer.from([0x18]), varint(size)]
    return field(0x12, Buffer.concat(fields))
  })
  const block = Buffer.concat([...encoded, field(0x0a, data)])
  const digest = createHash('sha256').update(block).digest()
  const address = base58btc.encode(Buffer.concat([Buffer.from([0x12, 0x20]), digest])).slice(1)
  return { address, size: block.length + links.reduce((sum, link) => sum + link.size, 0) }
}

function field(tag: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), varint(value.length), value])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest])
    bytes.push((rest & 0x7f) | 0x80)
  }
}
