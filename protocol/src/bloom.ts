import { keccak256, stringToBytes } from 'viem/utils'

/** 2048 bits as the eight uint256 words that `postBounty` takes, the most significant first. */
export type Bloom = readonly [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint]

const BLOOM_BITS = 2048
const HASH_FUNCTIONS = 8
const WORD = 2n ** 256n - 1n

/**
 * The filter that travels with a bounty, so that an arbiter can attest that the artifacts it judged are those that were
 * posted. As in Ethereum's log blooms: of keccak256 over the *text* of each content address, the first eight big-endian
 * 16-bit numbers, modulo 2048, name the bits.
 *
 * @param contentAddresses of every artifact, as `GET /artifacts/<uri>` lists them.
 * @example
 * ```ts
 * import { bloomOf } from '@polyswarm/protocol'
 * bloomOf(['QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'])[1] // => 0x1000000000000000000n
 * ```
 */
export function bloomOf(contentAddresses: readonly string[]): Bloom {
  let filter = 0n
  for (const address of contentAddresses) {
    const hash = keccak256(stringToBytes(address), 'bytes')
    for (let i = 0; i < HASH_FUNCTIONS; i++) {
      const bit = (((hash[2 * i] ?? 0) << 8) | (hash[2 * i + 1] ?? 0)) % BLOOM_BITS
      filter |= 1n << BigInt(bit)
    }
  }
  return Array.from({ length: 8 }, (_, word) => (filter >> BigInt(256 * (7 - word))) & WORD) as unknown as Bloom
}
