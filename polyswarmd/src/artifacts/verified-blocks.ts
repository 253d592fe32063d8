import { createHash } from 'node:crypto'
import type { FsBlockstore } from 'blockstore-fs'
import type { CID } from 'multiformats/cid'

/** The name that multihash gives to SHA-256. */
const SHA2_256 = 0x12

/** Reads blocks and hands out only those whose bytes are what their address says: a disk can rot, a file can be changed. */
export class VerifiedBlocks {
  readonly #store: FsBlockstore

  constructor(store: FsBlockstore) {
    this.#store = store
  }

  /** A block as the UnixFS exporter asks for it. */
  async *get(cid: CID): AsyncGenerator<Uint8Array> {
    yield await this.read(cid)
  }

  /** @throws Error named NotFoundError where the block is not there; any other where it is not what it should be. */
  async read(cid: CID): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    for await (const part of this.#store.get(cid)) parts.push(part)
    const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
    const digest = createHash('sha256').update(bytes).digest()
    const { code, digest: expected } = cid.multihash
    if (code !== SHA2_256 || !digest.equals(expected)) {
      throw new Error(`block ${cid} does not match its address`)
    }
    return bytes
  }
}
