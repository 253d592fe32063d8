/** What was fixed for a bounty when it was posted. */
export interface Terms {
  numArtifacts: number
  bountyFee: bigint
  assertionFee: bigint
  assertionRevealWindow: number
  arbiterVoteWindow: number
}
