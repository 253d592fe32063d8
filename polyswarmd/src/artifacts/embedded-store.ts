import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { isContentAddress } from '@polyswarm/protocol'
import { exporter, type UnixFSEntry } from 'ipfs-unixfs-exporter'
import { type ImportCandidate, type ImportCandidateStream, importer } from 'ipfs-unixfs-importer'
import { CID } from 'multiformats/cid'
import { ArtifactNotFoundError, ArtifactStoreError, InvalidArtifactUriError } from '../errors.js'
import type { ArtifactContent, ArtifactEntry, ArtifactStat, ArtifactStore } from './artifact-store.js'
import { BlockFiles, BlockMissingError, StagedBlocks } from './block-files.js'
import { BlockReferences } from './block-references.js'
import { leafContent } from './leaf-content.js'
import { readAhead } from './read-ahead.js'
import { Turns } from './turns.js'

/** go-ipfs's own choices: CIDv0, no raw leaves, chunks of 256 KiB, 174 links a node. */
const PROFILE = 'unixfs-v0-2015'

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
    rmSync(this.#staging, { recursive: true, force: true })
    mkdirSync(this.#staging, { recursive: true })
    mkdirSync(this.#blocks.directory, { recursive: true })
    this.#references = new BlockReferences(join(directory, 'references.sqlite'))
  }

  async addArtifacts(files: AsyncIterable<AsyncIterable<Uint8Array>>): Promise<string> {
    return this.#import(nameByIndex(files), true)
  }

  async addDocument(text: string): Promise<string> {
    return this.#import([{ content: new TextEncoder().encode(text) }], false)
  }

  async list(uri: string): Promise<ArtifactEntry[]> {
    const { entry, block } = await this.#find(uri)
    const links = entry.type === 'directory' ? entry.node.Links : null
    if (links) {
      return links.map((link) => ({
        name: link.Name ?? '',
        hash: link.Hash.toString(),
        cumulativeSize: link.Tsize ?? 0,
      }))
    }
    return [{ name: '', hash: uri, cumulativeSize: cumulativeSize(entry, block) }]
  }

  async stat(uri: string): Promise<ArtifactStat> {
    const { entry, block } = await this.#find(uri)
    const data = 'node' in entry && !(entry.node instanceof Uint8Array) ? (entry.node.Data?.length ?? 0) : 0
    return {
      hash: uri,
      num_links: linksOf(entry).length,
      block_size: block.length,
      links_size: block.length - data,
      data_size: data,
      cumulative_size: cumulativeSize(entry, block),
    }
  }

  async read(uri: string): Promise<ArtifactContent> {
    const { entry } = await this.#find(uri)
    if (entry.type !== 'file') throw new ArtifactNotFoundError({ uri })
    const { Links: leaves } = entry.node
    const bytes = leaves.length === 0 ? entry.content() : this.#readLeaves(leaves.map(({ Hash }) => Hash))
    return { size: Number(entry.size), bytes }
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
    const block = await this.#blocks.read(cid)
    if (leafContent(block)) return
    for (const { Hash } of linksOf(await exporter(cid, this.#blocks))) await this.#walk(Hash, paths)
  }

  /** The parts of a file, which are leaves in all but the largest files and in files that others' importers cut. */
  async *#readLeaves(parts: readonly CID[]): AsyncGenerator<Uint8Array> {
    const read = async (cid: CID) => ({ cid, block: await this.#blocks.read(cid) })
    for await (const { cid, block } of readAhead(parts, READ_AHEAD, read)) {
      const content = leafContent(block)
      if (content) {
        yield content
        continue
      }
      const part = await exporter(cid, this.#blocks)
      if (part.type === 'file' || part.type === 'raw') yield* part.content()
    }
  }

  async #find(uri: string): Promise<{ entry: UnixFSEntry; block: Uint8Array }> {
    if (uri.length < 100 && !isContentAddress(uri)) throw new InvalidArtifactUriError()
    const cid = parseCidV0(uri)
    if (!cid) throw new ArtifactNotFoundError({ uri })
    try {
      const block = await this.#blocks.read(cid)
      return { entry: await exporter(cid, this.#blocks), block }
    } catch (error) {
      if (error instanceof BlockMissingError) throw new ArtifactNotFoundError({ uri })
      throw new ArtifactStoreError({ action: `read ${uri}`, cause: error })
    }
  }

  async #import(source: ImportCandidateStream, wrapWithDirectory: boolean): Promise<string> {
    const staged = new StagedBlocks(join(this.#staging, randomUUID()))
    try {
      const options = { profile: PROFILE, wrapWithDirectory, fileImportConcurrency: 1 } as const
      let root: CID | undefined
      for await (const { cid } of importer(source, staged, options)) root = cid
      if (!root) throw new TypeError('an upload needs at least one file')
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

/** The names that make go-ipfs's order by name the order of upload. */
async function* nameByIndex(files: AsyncIterable<AsyncIterable<Uint8Array>>): AsyncGenerator<ImportCandidate> {
  let index = 0
  for await (const content of files) yield { path: String(index++).padStart(6, '0'), content }
}

function parseCidV0(text: string): CID | null {
  if (!/^Qm\w{44}$/.test(text)) return null
  try {
    return CID.parse(text)
  } catch {
    return null
  }
}

function linksOf(entry: UnixFSEntry) {
  return entry.type === 'file' || entry.type === 'directory' ? entry.node.Links : []
}

function cumulativeSize(entry: UnixFSEntry, block: Uint8Array): number {
  return linksOf(entry).reduce((sum, link) => sum + (link.Tsize ?? 0), block.length)
}
