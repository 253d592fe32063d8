import type { CID } from 'multiformats/cid'
import type { Block } from './dag-walk.js'

/** One artifact of a bounty, in the order of upload. */
export interface ArtifactEntry {
  /** `000000`, `000001`, … within a directory; '' for a file that was listed by its own address. */
  name: string
  /** Content address. */
  hash: string
  /** Size of the blocks that hold it, in bytes; a little above the size of the content. */
  cumulativeSize: number
}

/** What the store knows of a content address without reading what it stands for; sizes in bytes. */
export interface ArtifactStat {
  hash: string
  num_links: number
  block_size: number
  links_size: number
  data_size: number
  cumulative_size: number
}

/** What of a content address is exported, in the terms of IPFS's trustless gateways. */
export interface ExportOptions {
  /** `all`; `entity`: of a directory only what lists its entries; `block`: one block. */
  scope: 'all' | 'entity' | 'block'
  /** Positions of the entries of a directory that are wanted, with those that are equal to one; without it, all. */
  artifacts?: ReadonlySet<number> | undefined
  /** Whether a block that occurs again is given again, so that whoever reads need not keep any. */
  duplicates: boolean
}

/** The blocks that a content address stands for. */
export interface ExportedContent {
  root: CID
  /** Bytes of the root's own block. */
  rootSize: number
  /** Bytes of the blocks of each artifact that is exported, at most. */
  sizes: readonly number[]
  /** Read once: the root, then what is below it, depth first and in order, each block checked against its address. */
  blocks: AsyncIterable<Block>
}

/** The bytes of an artifact. */
export interface ArtifactContent {
  /** Exact number of bytes. */
  size: number
  /** Read once; each block is checked against its address before it is yielded. */
  bytes: AsyncIterable<Uint8Array>
}

/**
 * Where artifacts and metadata documents are kept, by content address (CIDv0, the same that go-ipfs computes). Every
 * method may be called while others are under way; content once stored never changes.
 */
export interface ArtifactStore {
  /**
   * Stores files, in order, in a directory whose entries are named 000000, 000001, … The files are read one after the
   * other, each to its end before the next is asked for. If reading throws, nothing of the upload is kept, and the
   * error is passed on.
   *
   * @returns the content address of the directory.
   * @throws ArtifactStoreError where the store cannot write.
   */
  addArtifacts(files: AsyncIterable<AsyncIterable<Uint8Array>>): Promise<string>
  /**
   * Lists a directory, or a file as its only entry.
   *
   * @throws InvalidArtifactUriError where the text cannot be a content address.
   * @throws ArtifactNotFoundError where nothing is stored under it.
   */
  list(uri: string): Promise<ArtifactEntry[]>
  /** Sizes and links of a content address. Throws as {@link ArtifactStore.list} does. */
  stat(uri: string): Promise<ArtifactStat>
  /**
   * The bytes of a file. Throws as {@link ArtifactStore.list} does, also for a directory.
   *
   * @param where `here` asks nobody else, where the store is part of a network. Default: `anywhere`.
   */
  read(uri: string, where?: 'here' | 'anywhere'): Promise<ArtifactContent>
  /**
   * The blocks that an address stands for. Throws as {@link ArtifactStore.list} does; reading the blocks throws where one
   * is missing or artifacts are larger than they claim.
   */
  export(uri: string, options: ExportOptions): Promise<ExportedContent>
  /** Stores a document of its own and returns its content address. */
  addDocument(text: string): Promise<string>
  /**
   * Keeps what stands under an address for its own sake, whatever becomes of a directory that it is part of. What was
   * stored by an upload or as a document is kept already.
   *
   * @returns whether it is stored here.
   */
  pin(uri: string): Promise<boolean>
  /**
   * Gives up an upload, a document or what was pinned: nothing is found under its address any more, and what it shares
   * with others stays. An address that nothing was kept under changes nothing.
   */
  unpin(uri: string): Promise<void>
  /** Whether the store can be used. */
  online(): Promise<boolean>
}
