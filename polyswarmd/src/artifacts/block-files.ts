import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { CID } from 'multiformats/cid'
import { ArtifactStoreError } from '../errors.js'
import { BlockCache } from './block-cache.js'
import { BlockMissingError, type BlockSource, checkedBlock } from './block-source.js'

/**
 * Where a block lies below a directory: by the two digits before the last of its digest, so that no directory fills up.
 */
function blockPath(cid: CID): string {
  const name = Buffer.from(cid.multihash.digest).toString('hex')
  return join(name.slice(-3, -1), name)
}

/**
 * Blocks as files, by their digest. What is read is checked against its address: a disk can rot, a file can be changed.
 * Written to only by {@link StagedBlocks.commit}.
 */
export class BlockFiles implements BlockSource {
  readonly directory: string
  readonly #cache: BlockCache

  /** @param cacheSize bytes of checked blocks that are kept in memory. */
  constructor(directory: string, cacheSize: number) {
    this.directory = directory
    this.#cache = new BlockCache(cacheSize)
  }

  /** Where blocks lie, by their addresses. */
  pathOf(cid: CID): string {
    return blockPath(cid)
  }

  /** Removes a block, by its path; one that is not there is as good as removed. */
  async remove(path: string): Promise<void> {
    this.#cache.delete(path)
    await rm(join(this.directory, path), { force: true })
  }

  async read(cid: CID): Promise<Uint8Array> {
    const path = blockPath(cid)
    const known = this.#cache.get(path)
    if (known) return known
    const bytes = await readFile(join(this.directory, path)).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ENOENT' ? new BlockMissingError(`block ${cid} is not stored`, { cause }) : cause
    })
    this.#cache.set(path, checkedBlock(cid, bytes))
    return bytes
  }
}

/** The blocks of one upload, in a directory of their own until all of it is there. */
export class StagedBlocks {
  readonly #directory: string
  /** Files repeat themselves: each block is written once, and whoever has it again waits for the same write. */
  readonly #written = new Map<string, Promise<void>>()

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Takes a block from the UnixFS importer. */
  async put(cid: CID, bytes: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<CID> {
    const path = join(this.#directory, blockPath(cid))
    let write = this.#written.get(path)
    if (!write) {
      write = mkdir(dirname(path), { recursive: true })
        .then(() => writeFile(path, bytes))
        .catch(cannotWrite)
      this.#written.set(path, write)
    }
    await write
    return cid
  }

  /** Where the blocks will lie. */
  paths(): string[] {
    return [...this.#written.keys()].map((path) => relative(this.#directory, path))
  }

  /** Moves all blocks among the others; the root comes last and makes them visible. */
  async commit(root: CID, target: BlockFiles): Promise<void> {
    await this.#move(root, target).catch(cannotWrite)
  }

  /** Removes what was not moved. */
  async discard(): Promise<void> {
    await Promise.allSettled(this.#written.values())
    await rm(this.#directory, { recursive: true, force: true })
  }

  async #move(root: CID, target: BlockFiles): Promise<void> {
    const rootPath = blockPath(root)
    const entries = await readdir(this.#directory, { recursive: true, withFileTypes: true })
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(this.#directory, join(entry.parentPath, entry.name)))
      .filter((path) => path !== rootPath)
    for (const path of [...paths, rootPath]) {
      await mkdir(join(target.directory, dirname(path)), { recursive: true })
      await rename(join(this.#directory, path), join(target.directory, path))
    }
  }
}

function cannotWrite(cause: unknown): never {
  throw new ArtifactStoreError({ action: 'write', cause })
}
