import { access, constants } from 'node:fs/promises'
import { PolySwarmError } from '@polyswarm/protocol'
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
import { BlockMissingError, type BlockSource } from './block-source.js'
import { DagWalk } from './dag-walk.js'
import { LooseBlocks } from './loose-blocks.js'
import { PackStore } from './pack-store.js'
import type { PackWriter } from './pack-writer.js'
import { Turns } from './turns.js'
import { importDocument, importFiles } from './unixfs-import.js'
import { parseCidV0, UnixfsTree } from './unixfs-tree.js'

/** Checked blocks in memory by default, in bytes: two of the largest artifacts. */
const DEFAULT_CACHE_SIZE = 64 * 1024 * 1024

/** Short documents whose addresses are remembered, and how long they are at most, in characters. */
const SAID = 256
const SAID_LENGTH = 1_024

/** Blocks read from the disk while the one before is sent. */
const READ_AHEAD = 2

/**
 * An artifact store in a directory: an upload is one file with all of its UnixFS blocks, or a row of a database where it is
 * small, found from the moment on in which all of it is on the disk. What an earlier version has kept there is read and given up like the rest.
 */
export class EmbeddedArtifactStore implements ArtifactStore {
  readonly #packs: PackStore
  readonly #loose: LooseBlocks | undefined
  readonly #blocks: BlockSource
  readonly #tree: UnixfsTree
  /** Of uploads that become visible and what is given up: the same content may be both at once. */
  readonly #turns = new Turns()
  /** Addresses of the last short documents, by their texts. */
  readonly #said = new Map<string, string>()

  /**
   * @param directory made if it is not there; unfinished uploads of an earlier run are removed from it.
   * @param cacheSize bytes of checked blocks that are kept in memory.
   */
  constructor(directory: string, cacheSize: number = DEFAULT_CACHE_SIZE) {
    this.#packs = new PackStore(directory, cacheSize)
    this.#loose = LooseBlocks.in(directory)
    this.#blocks = this.#loose ? either(this.#packs, this.#loose) : this.#packs
    this.#tree = new UnixfsTree(this.#blocks, READ_AHEAD)
  }

  async addArtifacts(files: AsyncIterable<AsyncIterable<Uint8Array>>): Promise<string> {
    return this.#keep(async (pack) => (await importFiles(files, pack)).root.toString())
  }

  async addDocument(text: string): Promise<string> {
    const known = this.#said.get(text)
    // Engines that say the same say it in the same document.
    if (known !== undefined && (await this.#turns.take(async () => this.#packs.has(known)))) return known
    const uri = await this.#keep(async (pack) => (await importDocument(text, pack)).root.toString())
    if (text.length <= SAID_LENGTH) this.#said.set(text, uri)
    for (const [oldest] of this.#said) if (this.#said.size > SAID) this.#said.delete(oldest)
    return uri
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

  /** What is part of an upload gets a pack of its own, so that the upload can go. */
  async pin(uri: string): Promise<boolean> {
    if (this.#has(uri)) return true
    const cid = parseCidV0(uri)
    if (!cid) return false
    try {
      await this.#keep(async (pack) => {
        await this.#copy(cid, pack)
        return uri
      })
      return true
    } catch (error) {
      if (error instanceof BlockMissingError) return false
      throw error
    }
  }

  async unpin(uri: string): Promise<void> {
    if (!parseCidV0(uri)) return
    await this.#turns.take(async () => {
      await this.#packs.remove(uri)
      await this.#loose?.remove(uri)
    })
  }

  /** Lets go of the files; nothing can be stored afterwards. */
  close(): void {
    this.#packs.close()
    this.#loose?.close()
  }

  async online(): Promise<boolean> {
    return access(this.#packs.staging, constants.W_OK).then(
      () => true,
      () => false,
    )
  }

  #has(uri: string): boolean {
    return this.#packs.has(uri) || (this.#loose?.has(uri) ?? false)
  }

  async #copy(cid: CID, pack: PackWriter): Promise<void> {
    const walk = new DagWalk(this.#blocks, { ahead: READ_AHEAD, duplicates: false })
    for await (const { cid: part, bytes } of walk.below([{ cid, size: Number.MAX_SAFE_INTEGER }])) {
      await pack.put(part, bytes)
    }
  }

  /** @param fill puts blocks, the root's among them, and says which that is. */
  async #keep(fill: (pack: PackWriter) => Promise<string>): Promise<string> {
    const pack = this.#packs.begin()
    try {
      const uri = await fill(pack.writer)
      if (await this.#turns.take(async () => this.#packs.has(uri))) return uri
      if (!pack.writer.small) await pack.writer.finish().catch(cannotWrite)
      await this.#turns.take(async () => {
        if (!this.#packs.has(uri)) await this.#packs.keep(pack, uri).catch(cannotWrite)
      })
      return uri
    } finally {
      await this.#packs.discard(pack)
    }
  }
}

/** Blocks of two places; the second is asked for what the first has not got. */
function either(first: BlockSource, second: BlockSource): BlockSource {
  return {
    read: (cid) =>
      first.read(cid).catch((error) => {
        if (error instanceof BlockMissingError) return second.read(cid)
        throw error
      }),
  }
}

function cannotWrite(cause: unknown): never {
  if (cause instanceof PolySwarmError) throw cause
  throw new ArtifactStoreError({ action: 'write', cause })
}
