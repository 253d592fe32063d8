import { createHash } from 'node:crypto'
import { CarWriter } from '@ipld/car/writer'
import { decode, encode, prepare } from '@ipld/dag-pb'
import * as fc from 'fast-check'
import { UnixFS } from 'ipfs-unixfs'
import { importer } from 'ipfs-unixfs-importer'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { type ArchiveLimits, VerifiedArchive } from './verified-archive.ts'

interface Block {
  cid: CID
  bytes: Uint8Array
}

const MIB = 1024 * 1024
const limits: ArchiveLimits = { maxArtifacts: 256, maxBytes: 4 * MIB }

function block(bytes: Uint8Array, version: 0 | 1 = 0, code = 0x70): Block {
  const digest = Digest.create(0x12, createHash('sha256').update(bytes).digest())
  return { cid: version === 0 ? CID.createV0(digest) : CID.createV1(code, digest), bytes }
}

function node(unixfs: UnixFS, links: readonly { Name?: string; Hash: CID }[] = []): Block {
  return block(
    encode(prepare({ Data: unixfs.marshal(), Links: links.map((link) => ({ Name: '', Tsize: 1, ...link })) })),
  )
}

const directoryOf = (cids: readonly CID[]) =>
  node(
    new UnixFS({ type: 'directory' }),
    cids.map((Hash, index) => ({ Name: String(index).padStart(6, '0'), Hash })),
  )
const leaf = (text: string) => node(new UnixFS({ type: 'file', data: Buffer.from(text) }))
const fileOf = (parts: readonly { cid: CID; size: number }[]) =>
  node(
    new UnixFS({ type: 'file', blockSizes: parts.map(({ size }) => BigInt(size)) }),
    parts.map(({ cid }) => ({ Hash: cid })),
  )

/** A directory of files as IPFS's importers make it, and its blocks depth first, those that occur again repeated. */
async function directory(files: readonly Uint8Array[], options: object = { cidVersion: 0, rawLeaves: false }) {
  const known = new Map<string, Uint8Array>()
  const source = files.map((content, index) => ({ path: String(index).padStart(6, '0'), content }))
  let root: CID | undefined
  const put = async (cid: CID, bytes: Uint8Array) => {
    known.set(cid.toString(), bytes)
    return cid
  }
  // biome-ignore lint/suspicious/noExplicitAny: the importer's storage is larger than what it uses
  for await (const { cid } of importer(source, { put } as any, { ...options, wrapWithDirectory: true })) root = cid
  if (!root) throw new Error('nothing was imported')
  const walk = (cid: CID): Block[] => {
    const bytes = known.get(cid.toString()) ?? new Uint8Array()
    return [{ cid, bytes }, ...(cid.code === 0x70 ? decode(bytes).Links : []).flatMap(({ Hash }) => walk(Hash))]
  }
  return { root, blocks: walk(root) }
}

async function carOf(root: CID, blocks: readonly Block[]): Promise<Buffer> {
  const { writer, out } = CarWriter.create([root])
  const bytes = Array.fromAsync(out)
  for (const one of blocks) await writer.put(one)
  await writer.close()
  return Buffer.concat(await bytes)
}

async function* inPieces(bytes: Uint8Array, size = 50_000, count = (_: number) => {}): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    count(Math.min(size, bytes.length - at))
    yield bytes.subarray(at, at + size)
  }
}

async function read(car: Uint8Array, root: CID, options: Partial<ArchiveLimits> = {}, piece?: number) {
  const archive = await VerifiedArchive.open(inPieces(car, piece), root, { ...limits, ...options })
  return Array.fromAsync(archive.artifacts())
}

async function refusal(root: CID, blocks: readonly Block[], options: Partial<ArchiveLimits> = {}) {
  return read(await carOf(root, blocks), root, options).then(
    () => 'nothing',
    ({ code }) => code,
  )
}

const files = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.uint8Array({ maxLength: 2_000 }) },
    fc
      .tuple(fc.integer({ min: 250_000, max: 1_100_000 }), fc.nat(255))
      .map(([size, fill]) => new Uint8Array(size).fill(fill)),
  ),
  { minLength: 1, maxLength: 8 },
)
const forms = fc.constantFrom(
  { cidVersion: 0, rawLeaves: false },
  { cidVersion: 1, rawLeaves: true },
  { cidVersion: 1, rawLeaves: true, reduceSingleLeafToSelf: true },
)

describe('VerifiedArchive', () => {
  it('gives back the artifacts of any directory, in order, however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(files, forms, fc.integer({ min: 1_000, max: 300_000 }), async (contents, form, piece) => {
        const { root, blocks } = await directory(contents, form)
        const artifacts = await read(await carOf(root, blocks), root, {}, piece)
        expect(artifacts.map(({ index }) => index)).toEqual(contents.map((_, index) => index))
        for (const { index, bytes } of artifacts) expect(bytes.equals(contents[index] ?? new Uint8Array())).toBe(true)
      }),
      { numRuns: 30 },
    )
    const { root, blocks } = await directory([Buffer.from('one'), Buffer.from('two')])
    expect(await read(await carOf(root, blocks), root, {}, 1)).toHaveLength(2)
  })

  it('gives an artifact before the next has come', async () => {
    const { root, blocks } = await directory([new Uint8Array(MIB).fill(1), new Uint8Array(MIB).fill(2)])
    let sent = 0
    const source = inPieces(await carOf(root, blocks), 10_000, (size) => {
      sent += size
    })
    const artifacts = (await VerifiedArchive.open(source, root, limits)).artifacts()
    expect((await artifacts.next()).value?.index).toBe(0)
    expect(sent).toBeLessThan(1.1 * MIB)
    await artifacts.return(undefined)
    expect((await source.next()).done).toBe(true)
  })

  it('gives a file that stands alone', async () => {
    const { cid, bytes } = leaf('alone')
    const archive = await VerifiedArchive.open(inPieces(await carOf(cid, [{ cid, bytes }])), cid, limits)
    expect(archive.entries).toMatchObject([{ name: '' }])
    expect(await Array.fromAsync(archive.artifacts())).toEqual([{ index: 0, bytes: Buffer.from('alone') }])
  })

  it('takes only what is wanted, whether or not the rest comes', async () => {
    const contents = ['a', 'b', 'a', 'c'].map((text) => Buffer.from(text.repeat(300_000)))
    const { root, blocks } = await directory(contents)
    const expected = [{ index: 2, bytes: contents[2] }]
    const wanted = { wanted: new Set([2]) }
    expect(await read(await carOf(root, blocks), root, wanted)).toEqual(expected)
    // As polyswarmd sends it: with the entry that is equal to it.
    const [first, a] = [blocks.slice(0, 1), blocks.slice(1, 4)]
    expect(await read(await carOf(root, [...first, ...a, ...a]), root, wanted)).toEqual(expected)
    expect(await refusal(root, first, wanted)).toBe('CONTENT_ARCHIVE')
    expect(await read(await carOf(root, first), root, { wanted: new Set() })).toEqual([])
  })

  it('accepts no wrong byte: whatever is changed in an archive, what comes out is right or an error', async () => {
    const contents = [Buffer.from('first'), Buffer.alloc(600_000, 7), Buffer.from('last')]
    const { root, blocks } = await directory(contents)
    const car = await carOf(root, blocks)
    const change = fc.record({ at: fc.nat(car.length - 1), bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }) })
    const early = fc.integer({ min: 0, max: 400 }).map((at) => ({ at, bytes: Uint8Array.of(255) }))
    const edit = fc.constantFrom('over', 'insert', 'cut')
    await fc.assert(
      fc.asyncProperty(fc.oneof(change, early), edit, async ({ at, bytes }, how) => {
        const after = how === 'over' ? at + bytes.length : at
        const changed = Buffer.concat(
          [car.subarray(0, at), bytes, how === 'cut' ? [] : car.subarray(after)].map((part) => Buffer.from(part)),
        )
        const got: { index: number; bytes: Buffer }[] = []
        const outcome = await (async () => {
          const archive = await VerifiedArchive.open(inPieces(changed), root, limits)
          for await (const artifact of archive.artifacts()) got.push(artifact)
          return 'whole'
        })().catch(({ code }) => code)
        for (const artifact of got)
          expect(artifact.bytes.equals(contents[artifact.index] ?? Buffer.alloc(0))).toBe(true)
        expect(outcome).toBe(changed.equals(car) ? 'whole' : 'CONTENT_ARCHIVE')
      }),
      { numRuns: 300 },
    )
  })

  it('refuses blocks that are missing, come twice, out of order, or belong to nothing', async () => {
    const { root, blocks } = await directory(['a', 'b', 'c'].map((text) => Buffer.from(text)))
    const [first, a, b, c] = blocks as [Block, Block, Block, Block]
    const lists = [
      [first, a, b],
      [first, a, a, b, c],
      [first, b, a, c],
      [a, b, c],
      [first, a, b, c, c],
      [],
      [first, a, b, c, leaf('d')],
    ]
    for (const list of lists) expect(await refusal(root, list)).toBe('CONTENT_ARCHIVE')
    expect(await refusal(root, [first, a, { cid: b.cid, bytes: a.bytes }, c])).toBe('CONTENT_ARCHIVE')
    const other = await carOf(a.cid, blocks)
    await expect(read(other, root)).rejects.toMatchObject({ code: 'CONTENT_ARCHIVE' })
  })

  it('says what was posted that is no file', async () => {
    const inner = directoryOf([])
    const ten = leaf('ten bytes.')
    const empty = leaf('')
    const identity = CID.createV1(0x55, Digest.create(0, Buffer.from('inline')))
    const cbor = block(Uint8Array.of(0xa0), 1, 0x71)
    const symlink = node(new UnixFS({ type: 'symlink', data: Buffer.from('/etc/passwd') }))
    const sharded = node(new UnixFS({ type: 'hamt-sharded-directory', fanout: 256n, hashType: 0x22n }))
    const posted: Block[][] = [
      [inner],
      [cbor],
      [symlink],
      [sharded],
      [block(Buffer.from('no node'))],
      [fileOf([{ cid: ten.cid, size: 9 }]), ten],
      [fileOf([{ cid: empty.cid, size: 0 }]), empty],
      [fileOf([{ cid: identity, size: 6 }])],
      [fileOf([{ cid: inner.cid, size: 10 }]), inner],
      [node(new UnixFS({ type: 'file' }), [{ Hash: ten.cid }]), ten],
    ]
    for (const blocks of posted) {
      const root = directoryOf(blocks.slice(0, 1).map(({ cid }) => cid))
      expect(await refusal(root.cid, [root, ...blocks])).toBe('MALFORMED_ARTIFACT')
    }
    expect(await refusal(sharded.cid, [sharded])).toBe('MALFORMED_ARTIFACT')
    const many = directoryOf(Array.from({ length: 257 }, () => ten.cid))
    expect(await refusal(many.cid, [many])).toBe('MALFORMED_ARTIFACT')
  })

  it('holds to its limits: the size of an artifact, of a block, of the header, of everything, levels, parts', async () => {
    const large = await directory([Buffer.from('small'), new Uint8Array(5 * MIB).fill(1)])
    expect(await refusal(large.root, large.blocks)).toBe('ARTIFACT_TOO_LARGE')
    expect(await refusal(large.root, large.blocks, { wanted: new Set([0]) })).toBe('nothing')
    const huge = block(encode(prepare({ Data: new UnixFS({ type: 'file', data: new Uint8Array(2 * MIB) }).marshal() })))
    expect(await refusal(huge.cid, [huge])).toBe('CONTENT_ARCHIVE')
    let chain = leaf('x')
    const nested = [chain]
    for (let level = 0; level < 40; level++) {
      chain = fileOf([{ cid: chain.cid, size: 1 }])
      nested.unshift(chain)
    }
    expect(await refusal(chain.cid, nested)).toBe('MALFORMED_ARTIFACT')
    const bits = Array.from({ length: 300 }, () => leaf('x'))
    const splinters = fileOf(bits.map(({ cid }) => ({ cid, size: 1 })))
    expect(await refusal(splinters.cid, [splinters, ...bits])).toBe('MALFORMED_ARTIFACT')
    // What nobody asked for counts as well, without end.
    const unwanted = await directory([new Uint8Array(3 * MIB).fill(1)])
    const tiny = { maxArtifacts: 1, maxBytes: 10, wanted: new Set<number>() }
    expect(await refusal(unwanted.root, unwanted.blocks, tiny)).toBe('ANSWER_TOO_LARGE')
  })

  it('takes no more of an archive that claims a large header or block than it holds at most', async () => {
    const root = leaf('x').cid
    const header = await carOf(root, [])
    for (const [before, most] of [
      [Buffer.alloc(0), 100_000],
      [header, 100_000],
    ] as const) {
      for (const length of [
        [0xff, 0xff, 0xff, 0x7f],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
        Array(20).fill(0xff),
      ]) {
        let sent = 0
        const bytes = Buffer.concat([before, Buffer.from(length), Buffer.alloc(10 * MIB, 1)])
        const source = inPieces(bytes, 1_000, (size) => {
          sent += size
        })
        const outcome = VerifiedArchive.open(source, root, limits)
        await expect(outcome).rejects.toMatchObject({ code: 'CONTENT_ARCHIVE' })
        expect(sent).toBeLessThan(most)
        expect((await source.next()).done).toBe(true)
      }
    }
  })

  it('passes on what the source throws, and lets go of it', async () => {
    const { root, blocks } = await directory([Buffer.from('a'), new Uint8Array(MIB)])
    const car = await carOf(root, blocks)
    for (const at of [0, 30, 200, 500_000]) {
      async function* broken() {
        yield* inPieces(car.subarray(0, at))
        throw new RangeError('the line is cut')
      }
      await expect(
        VerifiedArchive.open(broken(), root, limits).then((archive) => Array.fromAsync(archive.artifacts())),
      ).rejects.toThrow('the line is cut')
    }
  })

  it('lets others have their turn between blocks', async () => {
    const { root, blocks } = await directory([
      new Uint8Array(3 * MIB).fill(3),
      ...Array.from({ length: 200 }, (_, i) => Buffer.from(`${i}`)),
    ])
    const car = await carOf(root, blocks)
    let sent = 0
    let most = 0
    let before = 0
    let running = true
    const watch = (): void => {
      most = Math.max(most, sent - before)
      before = sent
      if (running) setImmediate(watch)
    }
    setImmediate(watch)
    const source = inPieces(car, 64 * 1024, (size) => {
      sent += size
    })
    await Array.fromAsync((await VerifiedArchive.open(source, root, limits)).artifacts())
    running = false
    expect(most).toBeLessThan(0.75 * MIB)
  })
})
