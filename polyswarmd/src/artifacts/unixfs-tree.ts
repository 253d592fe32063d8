import { isContentAddress, PolySwarmError } from '@polyswarm/protocol'
import { exporter, type UnixFSEntry } from 'ipfs-unixfs-exporter'
import { CID } from 'multiformats/cid'
import { ArtifactNotFoundError, ArtifactStoreError, InvalidArtifactUriError } from '../errors.js'
import type { ArtifactContent, ArtifactEntry, ArtifactStat, ExportedContent, ExportOptions } from './artifact-store.js'
import { BlockMissingError, type BlockSource } from './block-source.js'
import { DagWalk, linksOf as linksOfBlock } from './dag-walk.js'
import { leafContent } from './leaf-content.js'
import { readAhead } from './read-ahead.js'

/** The number that IPFS gives to the nodes that UnixFS is made of. */
const DAG_PB = 0x70

/** Files and directories in the blocks of a source. Whoever made them may not have meant well. */
export class UnixfsTree {
  readonly #blocks: BlockSource
  readonly #ahead: number

  /** @param ahead blocks that are read while the one before is sent. */
  constructor(blocks: BlockSource, ahead: number) {
    this.#blocks = blocks
    this.#ahead = ahead
  }

  /** As {@link ArtifactStore.list}. */
  async list(uri: string): Promise<ArtifactEntry[]> {
    const { entry, block } = await this.#find(uri)
    if (entry.type !== 'directory') return [{ name: '', hash: uri, cumulativeSize: cumulativeSize(entry, block) }]
    return entry.node.Links.map((link) => ({
      name: link.Name ?? '',
      hash: link.Hash.toString(),
      cumulativeSize: link.Tsize ?? 0,
    }))
  }

  /** As {@link ArtifactStore.stat}. */
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

  /** As {@link ArtifactStore.read}. */
  async read(uri: string): Promise<ArtifactContent> {
    const { entry } = await this.#find(uri)
    if (entry.type !== 'file') throw new ArtifactNotFoundError({ uri })
    const leaves = entry.node.Links.map(({ Hash }) => Hash)
    const size = Number(entry.size)
    return { size, bytes: exactly(size, uri, leaves.length === 0 ? entry.content() : this.#readLeaves(leaves)) }
  }

  /** As {@link ArtifactStore.export}. */
  async export(uri: string, { scope, artifacts, duplicates }: ExportOptions): Promise<ExportedContent> {
    const { entry, block } = await this.#find(uri)
    const root = { cid: entry.cid, bytes: block }
    const isDirectory = entry.type === 'directory'
    const links = linksOf(entry).map(({ Hash, Tsize }) => ({ cid: Hash, size: Tsize ?? 0 }))
    // Equal entries come together: whoever reads could not tell which of them was left out.
    const chosen = new Set(links.filter((_, index) => artifacts?.has(index) ?? true).map(({ cid }) => cid.toString()))
    const parts = isDirectory ? links.filter(({ cid }) => chosen.has(cid.toString())) : links
    const wanted = scope === 'block' || (scope === 'entity' && isDirectory) ? [] : parts
    const sizes = isDirectory ? wanted.map(({ size }) => size) : [cumulativeSize(entry, block)]
    const walk = new DagWalk(this.#blocks, { ahead: this.#ahead, duplicates })
    return {
      root: root.cid,
      rootSize: block.length,
      sizes,
      blocks: (async function* () {
        yield root
        yield* walk.below(wanted)
      })(),
    }
  }

  /** The addresses in a block; none where it is a leaf. */
  async links(cid: CID): Promise<CID[]> {
    return linksOfBlock({ cid, bytes: await this.#blocks.read(cid) })
  }

  /** The parts of a file, which are leaves in all but the largest files and in files that others' importers cut. */
  async *#readLeaves(parts: readonly CID[]): AsyncGenerator<Uint8Array> {
    const read = async (cid: CID) => ({ cid, block: await this.#blocks.read(cid) })
    for await (const { cid, block } of readAhead(parts, this.#ahead, read)) {
      const content = isLeaf(cid, block)
      if (content) {
        yield content
        continue
      }
      const part = await this.#export(cid)
      if (part.type === 'file' || part.type === 'raw') yield* part.content()
    }
  }

  async #find(uri: string): Promise<{ entry: UnixFSEntry; block: Uint8Array }> {
    if (uri.length < 100 && !isContentAddress(uri)) throw new InvalidArtifactUriError()
    const cid = parseCidV0(uri)
    if (!cid) throw new ArtifactNotFoundError({ uri })
    try {
      const block = await this.#blocks.read(cid)
      return { entry: await this.#export(cid), block }
    } catch (error) {
      if (error instanceof BlockMissingError) throw new ArtifactNotFoundError({ uri })
      if (error instanceof PolySwarmError) throw error
      throw new ArtifactStoreError({ action: `read ${uri}`, cause: error })
    }
  }

  #export(cid: CID): Promise<UnixFSEntry> {
    const blocks = this.#blocks
    return exporter(cid, {
      async *get(wanted) {
        yield await blocks.read(wanted)
      },
    })
  }
}

/** A content address of the kind that this project uses; null for anything else. */
export function parseCidV0(text: string): CID | null {
  if (!/^Qm\w{44}$/.test(text)) return null
  try {
    return CID.parse(text)
  } catch {
    return null
  }
}

/** The content of a block that is a leaf. A raw block can look like one, and is not. */
function isLeaf(cid: CID, block: Uint8Array): Uint8Array | null {
  return cid.code === DAG_PB ? leafContent(block) : null
}

/** A file says itself how long it is, and whoever made it may have lied: the answer was announced with that length. */
async function* exactly(size: number, uri: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = size
  for await (const part of bytes) {
    rest -= part.length
    if (rest < 0) break
    yield part
  }
  if (rest !== 0) {
    const cause = new Error(`${uri} does not have the ${size} bytes that it claims`)
    throw new ArtifactStoreError({ action: `read ${uri}`, cause })
  }
}

function linksOf(entry: UnixFSEntry) {
  return entry.type === 'file' || entry.type === 'directory' ? entry.node.Links : []
}

function cumulativeSize(entry: UnixFSEntry, block: Uint8Array): number {
  return linksOf(entry).reduce((sum, link) => sum + (link.Tsize ?? 0), block.length)
}
