import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CID } from 'multiformats/cid'
import { BlockReferences } from './block-references.js'
import { BlockMissingError, type BlockSource, checkedBlock } from './block-source.js'

/**
 * Blocks as earlier versions kept them: each a file of its own, by its digest, and in SQLite which roots have it. They are
 * read and given up; nothing is added.
 */
export class LooseBlocks implements BlockSource {
  readonly #directory: string
  readonly #references: BlockReferences

  private constructor(directory: string, references: BlockReferences) {
    this.#directory = directory
    this.#references = references
  }

  /** @returns undefined in a directory that no earlier version has used. */
  static in(directory: string): LooseBlocks | undefined {
    const [blocks, references] = [join(directory, 'blocks'), join(directory, 'references.sqlite')]
    return existsSync(references) ? new LooseBlocks(blocks, new BlockReferences(references)) : undefined
  }

  /** Whether a root was kept for its own sake. */
  has(root: string): boolean {
    return this.#references.has(root)
  }

  async read(cid: CID): Promise<Uint8Array> {
    const bytes = await readFile(join(this.#directory, pathOf(cid))).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ENOENT' ? new BlockMissingError(`block ${cid} is not stored`, { cause }) : cause
    })
    return checkedBlock(cid, bytes)
  }

  /** Gives up a root, and the blocks that no other has. */
  async remove(root: string): Promise<void> {
    if (!this.has(root)) return
    const rootPath = pathOf(CID.parse(root))
    const paths = this.#references.onlyOf(root)
    // The root goes first, so that nothing that is half gone is found; its references go last, so that this can be repeated.
    for (const path of [rootPath, ...paths].filter((path) => paths.includes(path))) {
      await rm(join(this.#directory, path), { force: true })
    }
    this.#references.remove(root)
  }

  close(): void {
    this.#references.close()
  }
}

/** By the two digits before the last of the digest. */
function pathOf(cid: CID): string {
  const name = Buffer.from(cid.multihash.digest).toString('hex')
  return join(name.slice(-3, -1), name)
}
