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

/** go-ipfs's own choices: CIDv0, no raw leaves, chunks of 256 KiB, 174 links a node. */
const PROFILE = 'unixfs-v0-2015'

/**
 * An artifact store in a directory: UnixFS blocks as files. An upload grows in a directory of its own and is moved to the
 * others when it is complete, its root last, so that what was begun and not finished is never found.
 */
export class EmbeddedArtifactStore implements ArtifactStore {
  readonly #staging: string
  readonly #blocks: BlockFiles

  /** @param directory made if it is not there; unfinished uploads of an earlier run are removed from it. */
  constructor(directory: string) {
    this.#staging = join(directory, 'staging')
    this.#blocks = new BlockFiles(join(directory, 'blocks'))
    rmSync(this.#staging, { recursive: true, force: true })
    mkdirSync(this.#staging, { recursive: true })
    mkdirSync(this.#blocks.directory, { recursive: true })
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
    return { size: Number(entry.size), bytes: entry.content() }
  }

  async online(): Promise<boolean> {
    return access(this.#staging, constants.W_OK).then(
      () => true,
      () => false,
    )
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
      await staged.commit(root, this.#blocks)
      return root.toString()
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
