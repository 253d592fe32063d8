import { type ArtifactMask, fullMask, hasBit } from './mask.js'

/** Ground truth as one arbiter sees it: set bit, malicious. */
export interface Vote {
  votes: ArtifactMask
}

/**
 * The ground truth of every artifact by the votes cast, as a set of malicious artifacts. An artifact is malicious when at
 * least half of the votes say so: a tie convicts.
 *
 * @example
 * ```ts
 * import { consensusOf } from '@polyswarm/protocol'
 * consensusOf([{ votes: 0b01n }, { votes: 0b11n }, { votes: 0b00n }], 2) // => 1n
 * ```
 */
export function consensusOf(votes: readonly Vote[], numArtifacts: number): ArtifactMask {
  let consensus = 0n
  for (let i = 0; i < numArtifacts; i++) {
    const malicious = countMalicious(votes, i)
    if (malicious >= votes.length - malicious) consensus |= 1n << BigInt(i)
  }
  return consensus
}

/**
 * Whether the votes cast settle every artifact for good, whatever the arbiters still missing say. Once true it stays
 * true, and the consensus no longer changes.
 *
 * @param arbiterCount the number of arbiters when the bounty was posted.
 * @example
 * ```ts
 * import { quorumReached } from '@polyswarm/protocol'
 * quorumReached([{ votes: 1n }, { votes: 1n }], 1, 3) // => true
 * ```
 */
export function quorumReached(votes: readonly Vote[], numArtifacts: number, arbiterCount: number): boolean {
  if (votes.length === 0) return false
  return decidedArtifacts(votes, numArtifacts, arbiterCount) === fullMask(numArtifacts)
}

/**
 * The artifacts whose consensus no vote still missing can change, as a set: what the API calls the quorum mask.
 *
 * @param arbiterCount the number of arbiters when the bounty was posted.
 * @example
 * ```ts
 * import { decidedArtifacts } from '@polyswarm/protocol'
 * decidedArtifacts([{ votes: 0b01n }, { votes: 0b01n }], 2, 4) // => 1n
 * ```
 */
export function decidedArtifacts(votes: readonly Vote[], numArtifacts: number, arbiterCount: number): ArtifactMask {
  let decided = 0n
  for (let i = 0; i < numArtifacts; i++) {
    const malicious = countMalicious(votes, i)
    const benign = votes.length - malicious
    const open = malicious < arbiterCount - malicious && benign <= arbiterCount - benign
    if (votes.length > 0 && (votes.length >= arbiterCount || !open)) decided |= 1n << BigInt(i)
  }
  return decided
}

function countMalicious(votes: readonly Vote[], artifact: number): number {
  return votes.reduce((count, { votes: set }) => (hasBit(set, artifact) ? count + 1 : count), 0)
}
