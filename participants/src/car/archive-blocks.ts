import { hash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { readBlockHead, readHeader } from '@ipld/car/decoder'
import { PolySwarmError } from '@polyswarm/protocol'
import type { CID } from 'multiformats/cid'
import { ContentArchiveError } from '../errors.js'
import { ArchiveBytes } from './archive-bytes.js'
import { isSameContent } from './unixfs-node.js'

/** A header that names one root has some 60 bytes. */
const MAX_HEADER = 1_024

/** Larger blocks are not exchanged by IPFS. In bytes. */
const MAX_BLOCK = 2 * 1024 * 1024

/** Larger blocks are hashed beside the event loop, in bytes. */
const LARGE = 32 * 1024

/** So many small ones are hashed until others have their turn. */
const IN_A_ROW = 64

/**
 * The blocks of a content addressable archive, version 1, in its order. Archives are depth first, so whoever reads one
 * knows which block must come: that one is given, checked against its address, and no other.
 */
export class ArchiveBlocks {
  readonly #bytes: ArchiveBytes
  readonly #uri: string
  #head: { cid: CID; blockLength: number } | undefined
  #inARow = 0

  private constructor(bytes: ArchiveBytes, uri: string) {
    this.#bytes = bytes
    this.#uri = uri
  }

  /**
   * Reads the header of an archive.
   *
   * @param limit bytes of the archive that are read at most.
   * @throws ContentArchiveError for anything but an archive of `root`; AnswerTooLargeError; what the source throws.
   */
  static async open(source: AsyncIterable<Uint8Array>, root: CID, limit: number): Promise<ArchiveBlocks> {
    const bytes = new ArchiveBytes(source, root.toString(), limit, MAX_HEADER)
    const blocks = new ArchiveBlocks(bytes, root.toString())
    try {
      const { roots } = await blocks.#decoded('header', () => readHeader(bytes, 1))
      const [named] = roots
      if (roots.length !== 1 || !named || !isSameContent(named, root)) throw blocks.#refused('it has another root')
    } catch (error) {
      await blocks.close()
      throw error
    }
    bytes.largest = MAX_BLOCK
    return blocks
  }

  /** Whether the next block is the one of an address. */
  async has(cid: CID): Promise<boolean> {
    const head = await this.#next()
    return head !== undefined && isSameContent(head.cid, cid)
  }

  /**
   * Takes the next block.
   *
   * @throws ContentArchiveError where it is not the one that must come, or its bytes are not those of its address.
   */
  async take(cid: CID): Promise<Uint8Array> {
    const head = await this.#next()
    if (!head) throw this.#refused(`block ${cid} is missing`)
    if (!isSameContent(head.cid, cid)) throw this.#refused(`block ${head.cid} came where ${cid} must come`)
    this.#head = undefined
    const bytes = await this.#decoded('block', () => this.#bytes.exactly(head.blockLength, true))
    if (await this.#matches(cid, bytes)) return bytes
    throw this.#refused(`block ${cid} has other bytes than its address says`)
  }

  /** @throws ContentArchiveError where there are more blocks. */
  async end(): Promise<void> {
    const head = await this.#next()
    if (head) throw this.#refused(`block ${head.cid} belongs to nothing`)
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    await this.#bytes.close().catch(() => undefined)
  }

  async #next() {
    if (!this.#head && (await this.#bytes.upTo(1)).length > 0) {
      this.#head = await this.#decoded('block', () => readBlockHead(this.#bytes))
    }
    return this.#head
  }

  async #matches({ multihash }: CID, bytes: Uint8Array): Promise<boolean> {
    if (bytes.length >= LARGE) {
      const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
      return Buffer.from(digest).equals(multihash.digest)
    }
    if (++this.#inARow % IN_A_ROW === 0) await setImmediate()
    return hash('sha256', bytes, 'buffer').equals(multihash.digest)
  }

  /** What the decoder throws is a refusal; what comes from the source is passed on. */
  async #decoded<T>(what: string, decode: () => Promise<T>): Promise<T> {
    try {
      return await decode()
    } catch (error) {
      if (error instanceof PolySwarmError || error === this.#bytes.failure) throw error
      throw this.#refused(`its ${what} cannot be read: ${(error as Error).message}`, error)
    }
  }

  #refused(reason: string, cause?: unknown): ContentArchiveError {
    return new ContentArchiveError({ uri: this.#uri, reason, cause })
  }
}
