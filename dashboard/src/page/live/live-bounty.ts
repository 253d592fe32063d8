import { type BountyPhase, type BountyWindows, type Guid, phaseAt } from '@polyswarm/protocol'
import type { Address } from 'viem'

/** A bounty as the stream of events has told of it. Amounts in base units, places in blocks. */
export interface LiveBounty {
  guid: Guid
  artifactType: 'file' | 'url'
  author: Address
  amount: bigint
  artifacts: number | null
  postedAt: number
  expiration: number
  /** Null until its terms are known. */
  windows: BountyWindows | null
  /** Engines that have committed, and that have revealed. */
  answers: number
  reveals: number
  votes: number
  quorum: boolean
  /** Parties that have been paid. */
  settled: number
  /** Who has answered, as far as it was heard here. */
  answeredBy: readonly Address[]
  /** Grows with each event on it. */
  version: number
}

/** The phase a bounty is in for a transaction of the next block. */
export function phaseOf(bounty: LiveBounty, head: number): BountyPhase {
  const windows = bounty.windows ?? { expiration: bounty.expiration, assertionRevealWindow: 0, arbiterVoteWindow: 0 }
  return phaseAt(windows, head + 1, bounty.quorum)
}

/** The block in which the phase that a bounty is in ends; null where there is none to wait for. */
export function phaseEnd(bounty: LiveBounty, head: number): number | null {
  const { windows, expiration } = bounty
  const phase = phaseOf(bounty, head)
  if (phase === 'assertion') return expiration
  if (!windows || phase === 'finished') return null
  const revealed = expiration + windows.assertionRevealWindow
  return phase === 'reveal' ? revealed : revealed + windows.arbiterVoteWindow
}
