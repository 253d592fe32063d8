import { createHash } from 'node:crypto'
import { isArchive } from '../archives/containers.js'
import { containsEicar } from '../artifacts/eicar.js'
import { entropyOf } from '../artifacts/entropy.js'

/**
 * What can be asked of a whole content: one pass over its bytes each, in a time that is in proportion to their number
 * whatever they are. Answers are JSON values.
 */
export const PASSES = {
  /** The content address, and the bytes of its blocks; see `identifyFile`. */
  address: async (content: Uint8Array): Promise<{ cid: string; size: string }> => {
    // A library of some size, which not every examiner needs.
    const { identifyFile } = await import('../artifacts/content-identifier.js')
    const { cid, size } = await identifyFile(content)
    return { cid: cid.toString(), size: size.toString() }
  },
  /** SHA-256, SHA-1 and MD5, lower-case hexadecimal. */
  hashes: async (content: Uint8Array): Promise<{ sha256: string; sha1: string; md5: string }> => {
    const hash = (algorithm: string): string => createHash(algorithm).update(content).digest('hex')
    return { sha256: hash('sha256'), sha1: hash('sha1'), md5: hash('md5') }
  },
  sha256: async (content: Uint8Array): Promise<string> => createHash('sha256').update(content).digest('hex'),
  /** Whether the EICAR test file is anywhere in it. */
  eicar: async (content: Uint8Array): Promise<boolean> => containsEicar(content),
  /** Whether it is, or has in it, something that holds other files; see `containersOf`. */
  isArchive: async (content: Uint8Array): Promise<boolean> => isArchive(content),
  /** Bits in a byte; see `entropyOf`. */
  entropy: async (content: Uint8Array): Promise<number> => entropyOf(content),
}

/** The name of a pass. */
export type Pass = keyof typeof PASSES

/** What a pass comes to. */
export type PassResult<Name extends Pass> = Awaited<ReturnType<(typeof PASSES)[Name]>>
