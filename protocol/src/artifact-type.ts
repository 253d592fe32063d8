import { InvalidArtifactTypeError } from './errors.js'

/** What a bounty's artifacts are: all of them files, or all of them URLs. The index is the number on chain. */
export const ARTIFACT_TYPES = ['file', 'url'] as const

/** `file` or `url`, in the API's lower-case spelling. */
export type ArtifactType = (typeof ARTIFACT_TYPES)[number]

/** The number that stands for an artifact type on chain. */
export function artifactTypeToUint(type: ArtifactType): bigint {
  return BigInt(ARTIFACT_TYPES.indexOf(type))
}

/**
 * The artifact type of a number from the chain.
 *
 * @throws InvalidArtifactTypeError for anything but 0 and 1.
 * @example
 * ```ts
 * import { artifactTypeFromUint } from '@polyswarm/protocol'
 * artifactTypeFromUint(0n) // => 'file'
 * ```
 */
export function artifactTypeFromUint(value: bigint): ArtifactType {
  const type = value < 2n ? ARTIFACT_TYPES[Number(value)] : undefined
  if (!type) throw new InvalidArtifactTypeError({ value })
  return type
}
