import { createHash } from 'node:crypto'
import type { CID } from 'multiformats/cid'

/** The number that multihash gives to SHA-256. */
const SHA2_256 = 0x12

/** A block that is not there. */
export class BlockMissingError extends Error {}

/** Where blocks come from. Whatever it reads them from, what it gives was checked against the address. */
export interface BlockSource {
  /** @throws BlockMissingError where the block is not there; Error where its bytes are not what they should be. */
  read(cid: CID): Promise<Uint8Array>
}

/** Bytes that are what their address says. @throws Error where they are not. */
export function checkedBlock(cid: CID, bytes: Uint8Array): Uint8Array {
  const digest = createHash('sha256').update(bytes).digest()
  if (cid.multihash.code === SHA2_256 && digest.equals(cid.multihash.digest)) return bytes
  throw new Error(`block ${cid} does not match its address`)
}
