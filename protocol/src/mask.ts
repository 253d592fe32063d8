import { InvalidMaskError } from './errors.js'

/** The most artifacts that one bounty can hold: the bits of a uint256. */
export const MAX_ARTIFACTS = 256

/** The most artifacts of a bounty that a commitment in the form of the original is accepted on. */
export const MAX_ARTIFACTS_UNSEALED = 64

/**
 * A set of artifacts, or one yes-or-no answer per artifact: bit i belongs to artifact i, counted from the least
 * significant. Masks, verdicts (set: malicious) and votes (set: malicious) all have this form on chain.
 */
export type ArtifactMask = bigint

/**
 * Packs one boolean per artifact into the bit set that the chain stores.
 *
 * @throws InvalidMaskError for more than 256 booleans.
 * @example
 * ```ts
 * import { maskFromBooleans } from '@polyswarm/protocol'
 * maskFromBooleans([true, false, true]) // => 5n
 * ```
 */
export function maskFromBooleans(bits: readonly boolean[]): ArtifactMask {
  if (bits.length > MAX_ARTIFACTS) throw new InvalidMaskError({ mask: 0n, numArtifacts: bits.length })
  return bits.reduce((mask, bit, index) => (bit ? mask | (1n << BigInt(index)) : mask), 0n)
}

/**
 * Unpacks a bit set as the API does: padded with false to `length`, and never cut, so that a bit beyond the bounty's
 * artifacts stays visible.
 *
 * @throws InvalidMaskError for a negative set or one above 256 bits.
 * @example
 * ```ts
 * import { booleansFromMask } from '@polyswarm/protocol'
 * booleansFromMask(5n, 4) // => [true, false, true, false]
 * ```
 */
export function booleansFromMask(mask: ArtifactMask, length: number): boolean[] {
  if (mask < 0n || mask >> 256n !== 0n || length > MAX_ARTIFACTS)
    throw new InvalidMaskError({ mask, numArtifacts: length })
  const bits = Math.max(length, mask === 0n ? 0 : mask.toString(2).length)
  return Array.from({ length: bits }, (_, index) => hasBit(mask, index))
}

/**
 * Whether artifact `index` is in the set.
 *
 * @example
 * ```ts
 * import { hasBit } from '@polyswarm/protocol'
 * hasBit(0b100n, 2) // => true
 * ```
 */
export function hasBit(mask: ArtifactMask, index: number): boolean {
  return ((mask >> BigInt(index)) & 1n) === 1n
}

/**
 * How many artifacts are in the set.
 *
 * @example
 * ```ts
 * import { countBits } from '@polyswarm/protocol'
 * countBits(5n) // => 2
 * ```
 */
export function countBits(mask: ArtifactMask): number {
  return mask.toString(2).replaceAll('0', '').length
}

/**
 * The set of all artifacts of a bounty.
 *
 * @throws InvalidMaskError unless `numArtifacts` is 1 to 256.
 * @example
 * ```ts
 * import { fullMask } from '@polyswarm/protocol'
 * fullMask(3) // => 0b111n
 * ```
 */
export function fullMask(numArtifacts: number): ArtifactMask {
  if (!Number.isInteger(numArtifacts) || numArtifacts < 1 || numArtifacts > MAX_ARTIFACTS) {
    throw new InvalidMaskError({ mask: 0n, numArtifacts })
  }
  return (1n << BigInt(numArtifacts)) - 1n
}
