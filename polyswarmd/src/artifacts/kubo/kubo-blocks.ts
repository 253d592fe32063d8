import { parseJson } from '@polyswarm/protocol'
import { CID } from 'multiformats/cid'
import { ArtifactStoreError, KuboUnreachableError } from '../../errors.js'
import type { BlockCache } from '../block-cache.js'
import { BlockMissingError, type BlockSource, checkedBlock } from '../block-source.js'
import { KuboRefusal, type KuboRpc } from './kubo-rpc.js'

/** Larger blocks than IPFS exchanges are none of a peer that means well. In bytes. */
const MAX_BLOCK = 2 * 1024 * 1024 + 1024

/** After Kubo was too slow, whoever asks only for what is here is sent away at once for so long, in ms. */
const SILENCE = 10_000

/** What Kubo may take longer than it was told to, in ms. */
const TOLERANCE = 2_000

/** The blocks of a Kubo node. What it gives is checked, from whomever it has it. */
export class KuboBlocks implements BlockSource {
  readonly #rpc: KuboRpc
  readonly #cache: BlockCache
  readonly #searchTime: number
  #silentUntil = 0

  /** @param searchTime how long Kubo looks for a block in its network, in ms. */
  constructor(rpc: KuboRpc, cache: BlockCache, searchTime: number) {
    this.#rpc = rpc
    this.#cache = cache
    this.#searchTime = searchTime
  }

  async read(cid: CID): Promise<Uint8Array> {
    try {
      return await this.#fetch(cid, { offline: 'true' })
    } catch (error) {
      if (!(error instanceof BlockMissingError)) throw error
    }
    // Kubo looks for ever for what nobody has, so it is told when to give up.
    const timeout = `${this.#searchTime}ms`
    return this.#fetch(cid, { timeout }, this.#searchTime + TOLERANCE)
  }

  /** The same blocks without the network behind Kubo, for those who cannot wait. */
  readonly here: BlockSource = {
    read: async (cid) => {
      if (performance.now() < this.#silentUntil) throw new BlockMissingError('Kubo is too slow')
      try {
        return await this.#fetch(cid, { offline: 'true' })
      } catch (error) {
        if (error instanceof KuboUnreachableError) this.#silentUntil = performance.now() + SILENCE
        throw error
      }
    },
  }

  /** Takes a block from the UnixFS importer. */
  async put(cid: CID, bytes: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<CID> {
    const file = bytes instanceof Uint8Array ? bytes : Buffer.concat(await Array.fromAsync(bytes))
    const query = { 'cid-codec': 'dag-pb', mhtype: 'sha2-256' }
    try {
      const answer = await this.#rpc.call('block/put', { query, file })
      const { Key: key } = parseJson(answer.toString()) as { Key: string }
      if (!Buffer.from(CID.parse(key).multihash.bytes).equals(cid.multihash.bytes)) {
        throw new Error(`Kubo says that block ${cid} is ${key}`)
      }
      return cid
    } catch (error) {
      if (error instanceof KuboUnreachableError || error instanceof ArtifactStoreError) throw error
      throw new ArtifactStoreError({ action: `write block ${cid}`, cause: error })
    }
  }

  async #fetch(cid: CID, query: Record<string, string>, timeout?: number): Promise<Uint8Array> {
    const name = cid.toString()
    const known = this.#cache.get(name)
    if (known) return known
    const answer = this.#rpc.call('block/get', {
      query: { arg: name, ...query },
      limit: MAX_BLOCK,
      ...(timeout === undefined ? {} : { timeout }),
    })
    const bytes = await answer.catch((cause: Error) => {
      if (!(cause instanceof KuboRefusal) || !isMissing(cause)) throw cause
      throw new BlockMissingError(`block ${cid} is not stored`, { cause })
    })
    this.#cache.set(name, checkedBlock(cid, bytes))
    return bytes
  }
}

/** Whether Kubo has not got something, or has not found it in time. */
export function isMissing({ message }: KuboRefusal): boolean {
  return /not found|could not find|deadline exceeded|context canceled/i.test(message)
}
