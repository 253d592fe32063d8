import { ArtifactNotFoundError, ArtifactStoreError, KuboUnreachableError } from '../../errors.js'
import type {
  ArtifactContent,
  ArtifactEntry,
  ArtifactStat,
  ArtifactStore,
  ExportedContent,
  ExportOptions,
} from '../artifact-store.js'
import { BlockCache } from '../block-cache.js'
import { BlockReferences } from '../block-references.js'
import { Turns } from '../turns.js'
import { type ImportedContent, importDocument, importFiles } from '../unixfs-import.js'
import { parseCidV0, UnixfsTree } from '../unixfs-tree.js'
import { isMissing, KuboBlocks } from './kubo-blocks.js'
import { type KuboAddress, KuboRefusal, KuboRpc, kuboVersion } from './kubo-rpc.js'

/** How a store uses its Kubo node. */
export interface KuboStoreOptions extends KuboAddress {
  /** SQLite file of what was pinned and given up through this store; made if it is not there. */
  file: string
  /** How long Kubo looks in its network for what it has not got, in ms. Default 10000. */
  searchTime?: number
  /** Bytes of checked blocks that are kept in memory. Default 64 MiB. */
  cacheSize?: number
}

const DEFAULT_SEARCH_TIME = 10_000
const DEFAULT_CACHE_SIZE = 64 * 1024 * 1024

/** Blocks asked for while the one before is sent: each is a request of its own. */
const READ_AHEAD = 6

/** How long pinning may take, in ms: Kubo looks at every block. */
const PIN_TIMEOUT = 60_000

/**
 * An artifact store on a Kubo node, used as a place for blocks: addresses are computed and content is checked here, so
 * that a node that lies can lose artifacts, and can pass off no others for them. What is uploaded is pinned when all of
 * it is there; what is unpinned goes with Kubo's next collection of garbage, and is not found here from that moment on.
 */
export class KuboArtifactStore implements ArtifactStore {
  readonly #address: KuboAddress
  readonly #rpc: KuboRpc
  readonly #blocks: KuboBlocks
  readonly #tree: UnixfsTree
  readonly #local: UnixfsTree
  /** By roots, the addresses that clients know: of the root and of the files in it. */
  readonly #references: BlockReferences
  /** An upload must not be pinned while the same content is given up. */
  readonly #turns = new Turns()

  constructor(options: KuboStoreOptions) {
    this.#address = options
    this.#rpc = new KuboRpc(options)
    const cache = new BlockCache(options.cacheSize ?? DEFAULT_CACHE_SIZE)
    this.#blocks = new KuboBlocks(this.#rpc, cache, options.searchTime ?? DEFAULT_SEARCH_TIME)
    this.#tree = new UnixfsTree(this.#blocks, READ_AHEAD)
    this.#local = new UnixfsTree(this.#blocks.here, READ_AHEAD)
    this.#references = new BlockReferences(options.file)
  }

  async addArtifacts(files: AsyncIterable<AsyncIterable<Uint8Array>>): Promise<string> {
    return this.#keep(await importFiles(files, this.#blocks))
  }

  async addDocument(text: string): Promise<string> {
    return this.#keep(await importDocument(text, this.#blocks))
  }

  async list(uri: string): Promise<ArtifactEntry[]> {
    return this.#visible(uri, this.#tree).list(uri)
  }

  async stat(uri: string): Promise<ArtifactStat> {
    return this.#visible(uri, this.#tree).stat(uri)
  }

  async read(uri: string, where?: 'here' | 'anywhere'): Promise<ArtifactContent> {
    return this.#visible(uri, where === 'here' ? this.#local : this.#tree).read(uri)
  }

  async export(uri: string, options: ExportOptions): Promise<ExportedContent> {
    return this.#visible(uri, this.#tree).export(uri, options)
  }

  async pin(uri: string): Promise<boolean> {
    return this.#turns.take(async () => {
      if (this.#references.has(uri)) return true
      try {
        if (!parseCidV0(uri)) return false
        const entries = await this.#visible(uri, this.#local).list(uri)
        await this.#pin(uri)
        this.#references.add(uri, [uri, ...entries.map(({ hash }) => hash)])
        return true
      } catch (error) {
        if (error instanceof ArtifactNotFoundError || (error instanceof KuboRefusal && isMissing(error))) return false
        throw readable(error, 'pin', uri)
      }
    })
  }

  async unpin(uri: string): Promise<void> {
    await this.#turns.take(async () => {
      // What somebody else has pinned at this node is not ours to give up.
      if (!this.#references.has(uri)) return
      await this.#rpc.call('pin/rm', { query: { arg: uri } }).catch((error: Error) => {
        if (error instanceof KuboRefusal && /not pinned/.test(error.message)) return
        throw readable(error, 'unpin', uri)
      })
      this.#references.giveUp(uri)
    })
  }

  async online(): Promise<boolean> {
    return kuboVersion(this.#address).then(
      () => true,
      () => false,
    )
  }

  /** Lets go of the file; nothing can be stored afterwards. */
  close(): void {
    this.#references.close()
  }

  /** What was given up may still be at the node, or anywhere in its network. */
  #visible(uri: string, tree: UnixfsTree): UnixfsTree {
    if (this.#references.isGivenUp(uri)) throw new ArtifactNotFoundError({ uri })
    return tree
  }

  async #keep({ root, names }: ImportedContent): Promise<string> {
    const uri = root.toString()
    await this.#turns.take(async () => {
      await this.#pin(uri).catch((error) => {
        throw readable(error, 'pin', uri)
      })
      this.#references.add(uri, names)
    })
    return uri
  }

  /** Pins what is at the node: were a block collected meanwhile, to look for it in the network would help nobody. */
  async #pin(uri: string): Promise<void> {
    await this.#rpc.call('pin/add', { query: { arg: uri, offline: 'true' }, timeout: PIN_TIMEOUT })
  }
}

function readable(error: unknown, verb: string, what: string): Error {
  if (error instanceof KuboUnreachableError || error instanceof ArtifactStoreError) return error
  return new ArtifactStoreError({ action: `${verb} ${what}`, cause: error })
}
