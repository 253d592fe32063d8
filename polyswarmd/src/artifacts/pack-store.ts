import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CID } from 'multiformats/cid'
import { BlockCache } from './block-cache.js'
import { BlockMissingError, type BlockSource, checkedBlock } from './block-source.js'
import { PackIndex } from './pack-index.js'
import { PackWriter } from './pack-writer.js'

/** A pack that grows, and is kept or thrown away as a whole. */
export interface GrowingPack {
  writer: PackWriter
  /** Below `staging`. */
  name: string
}

/**
 * Blocks in packs: each upload is one file to which its blocks are appended, and rows that say where in it they lie.
 *
 * A pack that grows or goes is in `staging`; its rows decide what it is. They are written when all of it is on the disk,
 * before it is moved among the others, and removed after it was moved back: whatever a crash leaves in `staging` is moved
 * out at the next start where it has rows, and removed where it has none.
 */
export class PackStore implements BlockSource {
  readonly staging: string
  readonly #packs: string
  readonly #index: PackIndex
  readonly #cache: BlockCache

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
    const { digest } = cid.multihash
    const place = this.#index.find(digest)
    if (!place) throw new BlockMissingError(`block ${cid} is not stored`)
    const key = Buffer.from(digest).toString('latin1')
    const known = this.#cache.get(key)
    if (known) return known
    const file = await open(this.#path(place.pack)).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ENOENT' ? new BlockMissingError(`block ${cid} is not stored`, { cause }) : cause
    })
    try {
      const bytes = Buffer.allocUnsafeSlow(place.length)
      const { bytesRead } = await file.read(bytes, 0, place.length, place.offset)
      this.#cache.set(key, checkedBlock(cid, bytes.subarray(0, bytesRead)))
      return bytes
    } finally {
      await file.close()
    }
  }

  /** Begins a pack. It is to be kept or discarded. */
  async begin(): Promise<GrowingPack> {
    const name = randomUUID()
    return { name, writer: await PackWriter.create(join(this.staging, name)) }
  }

  /** Makes a finished pack visible as that of a root which has none. */
  async keep({ name, writer }: GrowingPack, root: string): Promise<void> {
    const path = this.#path(name)
    await mkdir(dirname(path), { recursive: true })
    this.#index.add(name, root, writer.blocks.values())
    await rename(join(this.staging, name), path)
  }

  /** Removes a pack that was not kept. */
  async discard({ name, writer }: GrowingPack): Promise<void> {
    await writer.close().catch(() => undefined)
    await rm(join(this.staging, name), { force: true })
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
    this.#index.remove(name)
    await rm(going, { force: true })
  }

  close(): void {
    this.#index.close()
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
