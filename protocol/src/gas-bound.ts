import { MAX_ARTIFACTS } from './mask.js'

/** Sums of an artifact's bids share a storage word with those of two others: so many words hold those of 256. */
const SUM_WORDS = 86

/** Gas for a storage word that is written for the first time, with reading it. */
const NEW_WORD = 23_000n

/** What every transaction costs before it does anything. */
const TRANSACTION = 21_000n

/** Of a batch, what no call takes: the calldata and the code around them. */
const BATCH = 2_000n

/** Of a batch, what a call takes besides what it would take alone: its place in the calldata, and being called. */
const BATCHED_CALL = 2_500n

/**
 * The most gas that each action of the market can use, by what its work grows with: a limit that needs no estimate, which
 * reverts for an action after an approval that is not mined yet. A test holds the bounds against the contracts, from one
 * artifact to 256, with masks that touch every word.
 */
export const gasBound = {
  approve: () => 80_000n,
  transfer: () => 80_000n,
  mint: () => 100_000n,
  postBounty: () => 260_000n,
  postAssertion: (bids: number) => 150_000n + 8_000n * BigInt(bids) + NEW_WORD * BigInt(Math.min(bids, SUM_WORDS)),
  revealAssertion: (numArtifacts: number, metadataBytes: number) =>
    120_000n +
    8_000n * BigInt(numArtifacts) +
    NEW_WORD * BigInt(Math.min(numArtifacts, 2 * SUM_WORDS)) +
    60n * BigInt(metadataBytes),
  /** A batch of a keeper besides what its items use; its last item must find the part of a single one, too. */
  bring: (items: bigint, gasEach: bigint) => 80_000n + items + (gasEach * 65n) / 63n,
  /**
   * A batch of calls that have these bounds each in a transaction of its own. A call gets 63/64 of what is left, so that
   * there must be more left than the dearest one takes, wherever in the batch it is.
   */
  batch: (bounds: readonly bigint[]) => {
    const alone = bounds.map((bound) => bound - TRANSACTION)
    const dearest = alone.reduce((most, gas) => (gas > most ? gas : most), 0n)
    return alone.reduce((sum, gas) => sum + BATCHED_CALL + gas, TRANSACTION + BATCH) + dearest / 63n + 1n
  },
  voteOnBounty: (numArtifacts: number) => 170_000n + 2_000n * BigInt(numArtifacts),
  settleBounty: (numArtifacts: number = MAX_ARTIFACTS) => 130_000n + 7_000n * BigInt(numArtifacts),
  initializeOfferChannel: () => 3_500_000n,
  openAgreement: () => 260_000n,
  joinAgreement: () => 200_000n,
  cancelAgreement: () => 140_000n,
  settleAgreement: () => 240_000n,
  setCommunicationUri: () => 80_000n,
  deposit: () => 220_000n,
  withdraw: () => 500_000n,
}
