import { hash, randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CID } from 'multiformats/cid'
import { BlockCache } from './block-cache.js'
import { BlockMissingError, type BlockSource } from './block-source.js'
import { type PackedBlock, PackIndex } from './pack-index.js'
import { PackWriter } from './pack-writer.js'

/** A pack that grows, and is kept or thrown away as a whole. */
export interface GrowingPack {
  writer: PackWriter
  /** Below `staging`. */
  name: string
}

/** Blocks by their digests, and whether their bytes are what those say. */
type BlocksRead = ReadonlyMap<string, { bytes: Uint8Array; isSound: boolean }>

/** Bytes of small blocks that are read with one that is asked for. */
const TOGETHER = 64 * 1024

/**
 * Blocks in packs: each upload is one file to which its blocks are appended, and rows that say where in it they lie. A small
 * one has no file and is in its row.
 *
 * A file that grows or goes is in `staging`; its rows decide what it is. They are written when all of it is on the disk,
 * before it is moved among the others, and removed after it was moved back: whatever a crash leaves in `staging` is moved
 * out at the next start where it has rows, and removed where it has none.
 */
export class PackStore implements BlockSource {
  readonly staging: string
  readonly #packs: string
  readonly #index: PackIndex
  readonly #cache: BlockCache
  /** By each block that is being read. */
  readonly #reading = new Map<string, Promise<BlocksRead>>()

  /**
   * @param directory made if it is not there.
   * @param cacheSize bytes of checked blocks that are kept in memory.
   */
  constructor(directory: string, cacheSize: number) {
    this.staging = join(directory, 'staging')
    this.#packs = join(directory, 'packs')
    this.#cache = new BlockCache(cacheSize)
    for (const path of [this.staging, this.#packs]) mkdirSync(path, { recursive: true })
    this.#index = new PackIndex(join(directory, 'packs.sqlite'))
    for (const name of readdirSync(this.staging)) {
      if (this.#index.has(name)) this.#recover(name)
      else rmSync(join(this.staging, name), { recursive: true })
    }
  }

  /** Whether a root has a pack. */
  has(root: string): boolean {
    return this.#index.packOf(root) !== undefined
  }

  async read(cid: CID): Promise<Uint8Array> {
    const key = keyOf(cid.multihash.digest)
    const known = this.#cache.get(key)
    if (known) return known
    const found = (await (this.#reading.get(key) ?? this.#readFrom(cid))).get(key)
    if (!found?.isSound) throw new Error(`block ${cid} does not match its address`)
    return found.bytes
  }

  /** Begins a pack. It is to be kept or discarded. */
  begin(): GrowingPack {
    const name = randomUUID()
    return { name, writer: new PackWriter(join(this.staging, name)) }
  }

  /** Makes a pack visible as that of a root which has none; one that is not small is finished. */
  async keep({ name, writer }: GrowingPack, root: string): Promise<void> {
    const content = writer.small
    if (content) return this.#keepSmall(name, root, [...writer.blocks.values()], content)
    const path = this.#path(name)
    await mkdir(dirname(path), { recursive: true })
    this.#index.add(name, root, writer.blocks.values())
    await rename(join(this.staging, name), path)
  }

  #keepSmall(name: string, root: string, blocks: readonly PackedBlock[], content: Uint8Array): void {
    this.#index.add(name, root, blocks, content)
    // What was just posted is what is asked for next.
    for (const { digest, offset, length } of blocks) {
      this.#cache.set(keyOf(digest), content.slice(offset, offset + length))
    }
  }

  /** Removes a pack that was not kept. */
  async discard({ name, writer }: GrowingPack): Promise<void> {
    await writer.close().catch(() => undefined)
    if (writer.isBegun) await rm(join(this.staging, name), { force: true })
  }

  /** Gives up the pack of a root. */
  async remove(root: string): Promise<void> {
    const name = this.#index.packOf(root)
    if (name === undefined) return
    const going = join(this.staging, name)
    await rename(this.#path(name), going).catch((cause: NodeJS.ErrnoException) => {
      // Whoever removed the file by hand has done half of it.
      if (cause.code !== 'ENOENT') throw cause
    })
    for (const { digest } of this.#index.within(name, 0, Number.MAX_SAFE_INTEGER)) this.#cache.delete(keyOf(digest))
    this.#index.remove(name)
    await rm(going, { force: true })
  }

  close(): void {
    this.#index.close()
  }

  /** Begins to read a block, and the small ones behind it: whoever asks for one of them soon asks for the others. */
  #readFrom(cid: CID): Promise<BlocksRead> {
    const { digest } = cid.multihash
    const place = this.#index.find(digest)
    if (!place) throw new BlockMissingError(`block ${cid} is not stored`)
    const { pack, offset, length } = place
    const near = length < TOGETHER ? this.#index.within(pack, offset + 1, offset + TOGETHER) : []
    const blocks = [
      { digest, offset, length },
      ...near.filter((block) => block.offset + block.length <= offset + TOGETHER),
    ]
    const keys = blocks.map((block) => keyOf(block.digest))
    const reading = this.#readTogether(cid, pack, blocks).finally(() => {
      for (const key of keys) this.#reading.delete(key)
    })
    for (const key of keys) this.#reading.set(key, reading)
    return reading
  }

  /** @param blocks that lie in a pack one after the other. */
  async #readTogether(cid: CID, pack: string, blocks: readonly PackedBlock[]): Promise<BlocksRead> {
    const [first, last] = [blocks[0], blocks.at(-1)]
    if (!first || !last) throw new RangeError('There is nothing to read.')
    const all = await this.#bytesOf(cid, pack, first.offset, last.offset + last.length)
    // What was given up meanwhile is not to be found again.
    const isKept = this.#index.has(pack)
    const read = new Map<string, { bytes: Uint8Array; isSound: boolean }>()
    for (const { digest, offset, length } of blocks) {
      const start = offset - first.offset
      const part = all.subarray(start, start + length)
      // A block that stays in memory must not hold its neighbours there.
      const bytes = part.length === all.buffer.byteLength ? part : Uint8Array.from(part)
      const isSound = hash('sha256', bytes, 'buffer').equals(digest)
      read.set(keyOf(digest), { bytes, isSound })
      if (isSound && isKept) this.#cache.set(keyOf(digest), bytes)
    }
    return read
  }

  /** A part of a pack; less of it where the pack is damaged. */
  async #bytesOf(cid: CID, pack: string, from: number, to: number): Promise<Uint8Array> {
    const content = this.#index.contentOf(pack)
    if (content) return content.subarray(from, to)
    const file = await open(this.#path(pack)).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ENOENT' ? new BlockMissingError(`block ${cid} is not stored`, { cause }) : cause
    })
    try {
      const all = Buffer.allocUnsafeSlow(to - from)
      const { bytesRead } = await file.read(all, 0, all.length, from)
      return all.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  }

  /** No directory fills up. */
  #path(name: string): string {
    return join(this.#packs, name.slice(0, 2), name)
  }

  #recover(name: string): void {
    mkdirSync(dirname(this.#path(name)), { recursive: true })
    renameSync(join(this.staging, name), this.#path(name))
  }
}

function keyOf(digest: Uint8Array): string {
  return Buffer.from(digest).toString('latin1')
}
