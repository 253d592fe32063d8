import { gasBound, type KeeperBatch, type ListedClaim, type ListedOpening, maskFromBooleans } from '@polyswarm/protocol'

/** What one batch may hold. */
export interface BatchLimits {
  /** Units of gas for all of it. */
  gas: bigint
  items: number
}

/** A batch, and the most gas that it can use. */
export interface PlannedBatch {
  batch: KeeperBatch
  gas: bigint
}

interface Item {
  what: { opening: ListedOpening } | { claim: ListedClaim }
  /** The most that it can use by itself. */
  gas: bigint
  guid: string
}

/** Where others of a batch have paid for the words that it changes: each artifact costs reading, and a word a little. */
const SHARED_GAS = { base: 120_000n, each: 4_000n }

/**
 * Puts what is due into batches: reveals first, as they have a deadline, the earliest first; then settlements in the
 * order in which they became due. What is of one bounty stays together, so that the words of sums which it
 * shares are paid for once. An item that is beyond the limits by itself gets a batch of its own.
 */
export function planBatches(
  openings: readonly ListedOpening[],
  claims: readonly ListedClaim[],
  limits: BatchLimits,
): PlannedBatch[] {
  const byEnd = [...openings].sort((a, b) => a.end - b.end || compare(a.bounty_guid, b.bounty_guid))
  const bySince = [...claims].sort((a, b) => a.since - b.since || compare(a.bounty_guid, b.bounty_guid))
  const items: Item[] = [
    ...byEnd.map((opening) => ({ what: { opening }, guid: opening.bounty_guid, gas: revealGas(opening) })),
    ...bySince.map((claim) => ({
      what: { claim },
      guid: claim.bounty_guid,
      gas: gasBound.settleBounty(claim.num_artifacts),
    })),
  ]
  const batches: PlannedBatch[] = []
  let batch: Item[] = []
  for (const item of items) {
    const larger = [...batch, item]
    if (batch.length > 0 && (larger.length > limits.items || gasOf(larger) > limits.gas)) {
      batches.push(planned(batch))
      batch = [item]
    } else batch = larger
  }
  return batch.length > 0 ? [...batches, planned(batch)] : batches
}

function revealGas({ num_artifacts, metadata }: ListedOpening): bigint {
  return gasBound.revealAssertion(num_artifacts, Buffer.byteLength(metadata))
}

function gasOf(items: readonly Item[]): bigint {
  const paid = new Set<string>()
  let sum = 0n
  for (const { what, guid, gas } of items) {
    const artifacts = BigInt('opening' in what ? what.opening.num_artifacts : what.claim.num_artifacts)
    const key = `${'opening' in what} ${guid}`
    const shared = SHARED_GAS.base + SHARED_GAS.each * artifacts
    sum += paid.has(key) && shared < gas ? shared : gas
    paid.add(key)
  }
  return gasBound.bring(sum, gasEachOf(items))
}

function gasEachOf(items: readonly Item[]): bigint {
  return items.reduce((most, { gas }) => (gas > most ? gas : most), 0n)
}

function planned(items: readonly Item[]): PlannedBatch {
  const batch: KeeperBatch = {
    openings: items.flatMap(({ what }) => {
      if (!('opening' in what)) return []
      const { bounty_guid: guid, author, nonce, verdicts, metadata } = what.opening
      return [{ guid, author, nonce, verdicts: maskFromBooleans(verdicts), metadata }]
    }),
    claims: items.flatMap(({ what }) =>
      'claim' in what ? [{ guid: what.claim.bounty_guid, account: what.claim.account }] : [],
    ),
    gasEach: gasEachOf(items),
  }
  return { batch, gas: gasOf(items) }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
