/** Estimates are of the chain as it is now; the transaction runs a little later. In percent. */
const ESTIMATE_MARGIN = 150n

/** The gas limit for an action whose estimate succeeded. */
export function gasFromEstimate(estimate: bigint): bigint {
  return (estimate * ESTIMATE_MARGIN) / 100n
}

/**
 * Gas beyond the estimate for what others may do before: the vote that reaches the quorum counts them all, the last
 * settlement clears the bounty away.
 */
export const contentionGas = {
  voteOnBounty: (numArtifacts: number) => 60_000n + 500n * BigInt(numArtifacts),
  settleBounty: () => 100_000n,
}
