import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import type { CID } from 'multiformats/cid'
import { ArtifactStoreError } from '../errors.js'
import type {
  ArtifactContent,
  ArtifactEntry,
  ArtifactStat,
  ArtifactStore,
  ExportedContent,
  ExportOptions,
} from './artifact-store.js'
import { BlockFiles, StagedBlocks } from './block-files.js'
import { BlockReferences } from './block-references.js'
import { BlockMissingError } from './block-source.js'
import { Turns } from './turns.js'
import { type ImportedContent, importDocument, importFiles } from './unixfs-import.js'
import { parseCidV0, UnixfsTree } from './unixfs-tree.js'

/** Checked blocks in memory by default, in bytes: two of the largest artifacts. */
const DEFAULT_CACHE_SIZE = 64 * 1024 * 1024

/** Blocks read from the disk while the one before is sent. */
const READ_AHEAD = 2

/**
 * An artifact store in a directory: UnixFS blocks as files. An upload grows in a directory of its own and is moved to
 * the others when it is complete, its root last, so that what was begun and not finished is never found.
 */
export class EmbeddedArtifactStore implements ArtifactStore {
  readonly #staging: string
  readonly #blocks: BlockFiles
  readonly #tree: UnixfsTree
  readonly #references: BlockReferences
  /** Uploads that become visible, and what is dropped: a block must not be dropped while an upload brings it again. */
  readonly #turns = new Turns()

  /**
   * @param directory made if it is not there; unfinished uploads of an earlier run are removed from it.
   * @param cacheSize bytes of checked blocks that are kept in memory.
   */
  constructor(directory: string, cacheSize: number = DEFAULT_CACHE_SIZE) {
    this.#staging = join(directory, 'staging')
    this.#blocks = new BlockFiles(join(directory, 'blocks'), cacheSize)
    this.#tree = new UnixfsTree(this.#blocks, READ_AHEAD)
    rmSync(this.#staging, { recursive: true, force: true })
    mkdirSync(this.#staging, { recursive: true })
    mkdirSync(this.#blocks.directory, { recursive: true })
    this.#references = new BlockReferences(join(directory, 'references.sqlite'))
  }

  async addArtifacts(files: AsyncIterable<AsyncIterable<Uint8Array>>): Promise<string> {
    return this.#keep((blocks) => importFiles(files, blocks))
  }

  async addDocument(text: string): Promise<string> {
    return this.#keep((blocks) => importDocument(text, blocks))
  }

  list(uri: string): Promise<ArtifactEntry[]> {
    return this.#tree.list(uri)
  }

  stat(uri: string): Promise<ArtifactStat> {
    return this.#tree.stat(uri)
  }

  read(uri: string): Promise<ArtifactContent> {
    return this.#tree.read(uri)
  }

  export(uri: string, options: ExportOptions): Promise<ExportedContent> {
    return this.#tree.export(uri, options)
  }

  async pin(uri: string): Promise<boolean> {
    return this.#turns.take(async () => {
      if (this.#references.has(uri)) return true
      const cid = parseCidV0(uri)
      const paths = new Set<string>()
      try {
        if (!cid) return false
        await this.#walk(cid, paths)
      } catch (error) {
        if (error instanceof BlockMissingError) return false
        throw new ArtifactStoreError({ action: `read ${uri}`, cause: error })
      }
      this.#references.add(uri, paths)
      return true
    })
  }

  async unpin(uri: string): Promise<void> {
    const cid = parseCidV0(uri)
    if (!cid) return
    await this.#turns.take(async () => {
      if (!this.#references.has(uri)) return
      const rootPath = this.#blocks.pathOf(cid)
      const paths = this.#references.onlyOf(uri)
      // The root goes first, so that nothing that is half gone is found; its references go last, so that this can be repeated.
      for (const path of [rootPath, ...paths].filter((path) => paths.includes(path))) await this.#blocks.remove(path)
      this.#references.remove(uri)
    })
  }

  /** Lets go of the files; nothing can be stored afterwards. */
  close(): void {
    this.#references.close()
  }

  async online(): Promise<boolean> {
    return access(this.#staging, constants.W_OK).then(
      () => true,
      () => false,
    )
  }

  async #walk(cid: CID, paths: Set<string>): Promise<void> {
    const path = this.#blocks.pathOf(cid)
    if (paths.has(path)) return
    paths.add(path)
    for (const link of await this.#tree.links(cid)) await this.#walk(link, paths)
  }

  async #keep(cut: (blocks: StagedBlocks) => Promise<ImportedContent>): Promise<string> {
    const staged = new StagedBlocks(join(this.#staging, randomUUID()))
    try {
      const { root } = await cut(staged)
      const uri = root.toString()
      await this.#turns.take(async () => {
        // Before the blocks: killed in between, it leaves names of blocks that are not there, and no block without a name.
        this.#references.add(uri, staged.paths())
        await staged.commit(root, this.#blocks)
      })
      return uri
    } finally {
      await staged.discard()
    }
  }
}
