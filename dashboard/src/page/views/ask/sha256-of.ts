import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** The SHA-256 of a file, read piece by piece: also one that is larger than memory. */
export async function sha256Of(content: Blob): Promise<string> {
  const hash = sha256.create()
  const reader = content.stream().getReader()
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) hash.update(piece.value)
  return bytesToHex(hash.digest())
}
