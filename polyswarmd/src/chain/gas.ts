/** Estimates are of the chain as it is now; the transaction runs a little later. In percent. */
const ESTIMATE_MARGIN = 150n

/** The gas limit for an action whose estimate succeeded. */
export function gasFromEstimate(estimate: bigint): bigint {
  return (estimate * ESTIMATE_MARGIN) / 100n
}

/**
 * The most gas that each action of the market can use, by what its work grows with. It is the gas limit wherever the node
 * cannot estimate: an action after an approval that is not mined yet reverts in every estimate. A test holds the bounds
 * against the contracts, from one artifact to 256.
 */
export const gasBound = {
  approve: () => 80_000n,
  transfer: () => 80_000n,
  postBounty: (numArtifacts: number) => 400_000n + 1_000n * BigInt(numArtifacts),
  postAssertion: (bids: number) => 300_000n + 20_000n * BigInt(bids),
  revealAssertion: (numArtifacts: number, metadataBytes: number) =>
    200_000n + 20_000n * BigInt(numArtifacts) + 60n * BigInt(metadataBytes),
  voteOnBounty: (numArtifacts: number) => 300_000n + 8_000n * BigInt(numArtifacts),
  settleBounty: (numArtifacts = 256) => 400_000n + 10_000n * BigInt(numArtifacts),
  deposit: () => 250_000n,
  withdraw: () => 400_000n,
}
