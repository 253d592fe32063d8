import { decode } from '@ipld/dag-pb'
import type { CID } from 'multiformats/cid'
import { ArtifactStoreError } from '../errors.js'
import type { BlockSource } from './block-source.js'
import { leafContent } from './leaf-content.js'
import { readAhead } from './read-ahead.js'

/** A block and its address. */
export interface Block {
  cid: CID
  bytes: Uint8Array
}

/** The number that IPFS gives to the nodes that UnixFS is made of. */
const DAG_PB = 0x70

/** Files that importers cut are three levels deep at most. */
const MAX_DEPTH = 32

/** 8 GiB, the largest bounty, are 33,000 blocks of the usual size. */
const MAX_BLOCKS = 1 << 18

/** The addresses in a block; none where it is a leaf. @throws where it cannot be read. */
export function linksOf({ cid, bytes }: Block): CID[] {
  if (cid.code !== DAG_PB || leafContent(bytes)) return []
  return decode(bytes).Links.map(({ Hash }) => Hash)
}

/**
 * What lies below content addresses, depth first: a block, then what it links to, in order. Some blocks are read ahead of
 * the one that is asked for; whoever stops asking ends it.
 */
export class DagWalk {
  readonly #blocks: BlockSource
  readonly #ahead: number
  readonly #seen: Set<string> | null
  #count = 0

  /**
   * @param ahead blocks of a level that are read while the one before is used.
   * @param duplicates whether a block that occurs again is given again.
   */
  constructor(blocks: BlockSource, { ahead, duplicates }: { ahead: number; duplicates: boolean }) {
    this.#blocks = blocks
    this.#ahead = ahead
    this.#seen = duplicates ? null : new Set()
  }

  /**
   * The blocks below each of some addresses.
   *
   * @param from what is walked, and the bytes that its blocks may have together: whoever made them may have lied.
   * @throws ArtifactStoreError where they have more, or are too many or too deep; BlockMissingError.
   */
  async *below(from: readonly { cid: CID; size: number }[]): AsyncGenerator<Block> {
    const read = async ({ cid, size }: { cid: CID; size: number }) => ({
      block: { cid, bytes: await this.#blocks.read(cid) },
      budget: { cid, size, rest: size },
    })
    for await (const { block, budget } of readAhead(from, this.#ahead, read)) yield* this.#give(block, budget, 1)
  }

  async *#give(block: Block, budget: Budget, depth: number): AsyncGenerator<Block> {
    if (this.#again(block.cid)) return
    budget.rest -= block.bytes.length
    if (budget.rest < 0) throw unreadable(budget.cid, `does not have the ${budget.size} bytes that it claims`)
    if (++this.#count > MAX_BLOCKS) throw unreadable(budget.cid, `has more than ${MAX_BLOCKS} blocks`)
    if (depth > MAX_DEPTH) throw unreadable(budget.cid, `is more than ${MAX_DEPTH} levels deep`)
    yield block
    const read = async (cid: CID) => ({ cid, bytes: await this.#blocks.read(cid) })
    for await (const child of readAhead(linksOf(block), this.#ahead, read)) yield* this.#give(child, budget, depth + 1)
  }

  #again({ bytes }: CID): boolean {
    if (!this.#seen) return false
    const before = this.#seen.size
    return this.#seen.add(Buffer.from(bytes).toString('latin1')).size === before
  }
}

/** Of what one address stands for. */
interface Budget {
  cid: CID
  size: number
  rest: number
}

function unreadable(cid: CID, what: string): ArtifactStoreError {
  return new ArtifactStoreError({ action: `read ${cid}`, cause: new Error(`${cid} ${what}`) })
}
