import { createHash } from 'node:crypto'
import { encode, prepare } from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { expect, test } from 'vitest'
import { BlockMissingError } from './block-source.ts'
import { DagWalk } from './dag-walk.ts'

/** Blocks in memory that count how often they are read. */
class CountedBlocks {
  reads = 0
  readonly #blocks = new Map<string, Uint8Array>()

  /** Adds a node that says of itself how large it is, and returns its address. */
  add(text: string, links: readonly CID[] = []): CID {
    const bytes = encode(prepare({ Data: new TextEncoder().encode(text), Links: links.map((Hash) => ({ Hash })) }))
    const cid = CID.createV0(Digest.create(0x12, createHash('sha256').update(bytes).digest()))
    this.#blocks.set(cid.toString(), bytes)
    return cid
  }

  async read(cid: CID): Promise<Uint8Array> {
    this.reads++
    const bytes = this.#blocks.get(cid.toString())
    if (!bytes) throw new BlockMissingError(`${cid}`)
    return bytes
  }
}

const LARGE = 1 << 30

test('gives each block before what it links to, in order, again or once', async () => {
  const blocks = new CountedBlocks()
  const [a, b] = [blocks.add('a'), blocks.add('b')]
  const inner = blocks.add('inner', [a, b])
  const root = blocks.add('root', [inner, a, inner])
  const walked = async (duplicates: boolean) => {
    const walk = new DagWalk(blocks, { ahead: 2, duplicates })
    return (await Array.fromAsync(walk.below([{ cid: root, size: LARGE }]))).map(({ cid }) => cid.toString())
  }
  expect(await walked(true)).toEqual([root, inner, a, b, a, inner, a, b].map(String))
  expect(await walked(false)).toEqual([root, inner, a, b].map(String))
})

test('reads no further ahead than it was told, and nothing once nobody asks', async () => {
  const blocks = new CountedBlocks()
  const from = Array.from({ length: 100 }, (_, index) => ({ cid: blocks.add(`${index}`), size: 100 }))
  const walk = new DagWalk(blocks, { ahead: 2, duplicates: true }).below(from)
  await walk.next()
  await walk.next()
  expect(blocks.reads).toBeLessThanOrEqual(4)
  await walk.return(undefined)
  const before = blocks.reads
  expect([(await walk.next()).done, blocks.reads]).toEqual([true, before])
})

test('stops where blocks are more than they claim, one inside the other without end, or missing', async () => {
  const blocks = new CountedBlocks()
  const walked = (cid: CID, size: number) =>
    Array.fromAsync(new DagWalk(blocks, { ahead: 2, duplicates: true }).below([{ cid, size }]))
  // Each level doubles what lies below: 2^20 blocks out of 20.
  let bomb = blocks.add('bomb')
  for (let level = 0; level < 20; level++) bomb = blocks.add(`${level}`, [bomb, bomb])
  await expect(walked(bomb, 10_000)).rejects.toMatchObject({ code: 'ARTIFACT_STORE' })
  expect(blocks.reads).toBeLessThan(500)
  const wide = blocks.add('wide', Array(600).fill(blocks.add('inner', Array(600).fill(blocks.add('leaf')))))
  await expect(walked(wide, LARGE)).rejects.toMatchObject({ code: 'ARTIFACT_STORE' })
  let chain = blocks.add('chain')
  for (let level = 0; level < 40; level++) chain = blocks.add(`chain ${level}`, [chain])
  await expect(walked(chain, LARGE)).rejects.toMatchObject({ code: 'ARTIFACT_STORE' })
  const missing = new CountedBlocks().add('elsewhere')
  await expect(walked(blocks.add('root', [missing]), LARGE)).rejects.toBeInstanceOf(BlockMissingError)
})
