import type { CID } from 'multiformats/cid'
import { ArtifactTooLargeError, MalformedArtifactError } from '../errors.js'
import { ArchiveBlocks } from './archive-blocks.js'
import { type DirectoryEntry, type FileNode, parseUnixfsNode } from './unixfs-node.js'

/** What is read of an archive at most. */
export interface ArchiveLimits {
  maxArtifacts: number
  /** Of one artifact, in bytes. */
  maxBytes: number
  /** Positions of the artifacts that are wanted; all of them by default. What else comes is checked and dropped. */
  wanted?: ReadonlySet<number> | undefined
}

/** One artifact out of an archive. */
export interface ArchivedArtifact {
  index: number
  bytes: Buffer
}

/** Bytes of an archive beside the content: a directory's block, and of each artifact some. */
const DIRECTORY_ROOM = 2 * 1024 * 1024
const ARTIFACT_ROOM = 64 * 1024

/** Importers stay below 8 levels. */
const MAX_DEPTH = 32

/** A file may have blocks of 512 bytes on average, and some more. */
const BLOCK_BYTES = 512
const MORE_BLOCKS = 64

/**
 * The artifacts of a bounty, out of the archive of its directory as it comes: depth first, a block that occurs again
 * repeated. Every block is checked against its address before anything is made of it, so that it does not matter who sent
 * it. One artifact is held at a time, and one block.
 */
export class VerifiedArchive {
  /** Names and addresses of all artifacts, in order, as the root says; a file alone has no name. */
  readonly entries: readonly DirectoryEntry[]
  readonly #blocks: ArchiveBlocks
  readonly #uri: string
  readonly #limits: ArchiveLimits
  /** Where the root is itself the artifact. */
  readonly #file: FileNode | undefined

  private constructor(
    blocks: ArchiveBlocks,
    uri: string,
    limits: ArchiveLimits,
    content: { entries: readonly DirectoryEntry[]; file?: FileNode },
  ) {
    this.#blocks = blocks
    this.#uri = uri
    this.#limits = limits
    this.entries = content.entries
    this.#file = content.file
  }

  /**
   * Reads an archive up to the list of its artifacts.
   *
   * @param source bytes as they come; let go of when the artifacts were read, or reading failed or was given up.
   * @throws ContentArchiveError for what is no archive of `root`, MalformedArtifactError where `root` is neither a file nor
   * a directory of at most so many, AnswerTooLargeError, and what the source throws.
   */
  static async open(source: AsyncIterable<Uint8Array>, root: CID, limits: ArchiveLimits): Promise<VerifiedArchive> {
    const { maxArtifacts, maxBytes } = limits
    const all = DIRECTORY_ROOM + maxArtifacts * (maxBytes + Math.ceil(maxBytes / 64) + ARTIFACT_ROOM)
    const blocks = await ArchiveBlocks.open(source, root, all)
    const uri = root.toString()
    try {
      const node = parsed(uri, root, await blocks.take(root))
      if (!('entries' in node)) {
        return new VerifiedArchive(blocks, uri, limits, { entries: [{ name: '', cid: root }], file: node })
      }
      const { entries } = node
      if (entries.length > maxArtifacts) {
        throw new MalformedArtifactError({ artifact: uri, reason: `it lists ${entries.length} artifacts` })
      }
      return new VerifiedArchive(blocks, uri, limits, { entries })
    } catch (error) {
      await blocks.close()
      throw error
    }
  }

  /**
   * The wanted artifacts, in order, each as soon as all of it is there. Read once.
   *
   * @throws ContentArchiveError where something else comes, or the archive ends early; ArtifactTooLargeError and
   * MalformedArtifactError for what was posted like that; what the source throws.
   */
  async *artifacts(): AsyncGenerator<ArchivedArtifact> {
    const { wanted } = this.#limits
    const isWanted = (index: number) => wanted?.has(index) ?? true
    const required = new Set(this.entries.filter((_, index) => isWanted(index)).map(({ cid }) => cid.toString()))
    try {
      for (const [index, { cid }] of this.entries.entries()) {
        // What nobody asked for may be left out, but for what is the same as something that somebody did.
        if (!required.has(cid.toString()) && !this.#file && !(await this.#blocks.has(cid))) continue
        const bytes = await this.#read(index, cid, isWanted(index))
        if (bytes) yield { index, bytes }
      }
      await this.#blocks.end()
    } finally {
      await this.#blocks.close()
    }
  }

  /** Lets go of the source, where the artifacts are not read. */
  close(): Promise<void> {
    return this.#blocks.close()
  }

  /** Reads what lies below an entry; undefined where its bytes are not wanted. */
  async #read(index: number, cid: CID, isWanted: boolean): Promise<Buffer | undefined> {
    const artifact = `${this.#uri}/${index}`
    const node = this.#file ?? this.#fileNode(artifact, cid, await this.#blocks.take(cid))
    const { maxBytes } = this.#limits
    if (isWanted && node.size > maxBytes) throw new ArtifactTooLargeError({ artifact, limit: maxBytes })
    const file: Assembly = {
      artifact,
      bytes: isWanted ? Buffer.allocUnsafeSlow(node.size) : undefined,
      at: 0,
      blocks: MORE_BLOCKS + Math.ceil(node.size / BLOCK_BYTES),
    }
    await this.#assemble(file, node, 1)
    return file.bytes
  }

  async #assemble(file: Assembly, { data, children }: FileNode, depth: number): Promise<void> {
    const { artifact } = file
    if (depth > MAX_DEPTH) throw new MalformedArtifactError({ artifact, reason: 'its parts are nested too deep' })
    file.bytes?.set(data, file.at)
    file.at += data.length
    for (const { cid, size } of children) {
      if (--file.blocks < 0) throw new MalformedArtifactError({ artifact, reason: 'it has too many parts' })
      const node = this.#fileNode(artifact, cid, await this.#blocks.take(cid))
      if (node.size !== size)
        throw new MalformedArtifactError({ artifact, reason: 'a part has another size than it claims' })
      await this.#assemble(file, node, depth + 1)
    }
  }

  #fileNode(artifact: string, cid: CID, block: Uint8Array): FileNode {
    const node = parsed(artifact, cid, block)
    if ('entries' in node) throw new MalformedArtifactError({ artifact, reason: 'it is a directory' })
    return node
  }
}

/** A file that is put together. */
interface Assembly {
  artifact: string
  /** Undefined where they are not wanted. */
  bytes: Buffer | undefined
  at: number
  /** How many blocks may still come. */
  blocks: number
}

function parsed(artifact: string, cid: CID, block: Uint8Array) {
  try {
    return parseUnixfsNode(cid, block)
  } catch (cause) {
    throw new MalformedArtifactError({ artifact, reason: (cause as Error).message, cause })
  }
}
