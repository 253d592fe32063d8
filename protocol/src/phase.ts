/**
 * The rounds of a bounty in the order and with the numbers of `BountyRegistry.getCurrentRound`. E is the expiration
 * block, R the reveal window, V the vote window, all fixed when the bounty is posted.
 *
 * 0 `assertion`, before E · 1 `reveal`, from E · 2 `vote`, from E + R · 3 `quorum`, the arbiters agree and the vote
 * window is still open · 4 `finished`, from E + R + V.
 */
export const BOUNTY_PHASES = ['assertion', 'reveal', 'vote', 'quorum', 'finished'] as const

/** One of the five rounds of a bounty. */
export type BountyPhase = (typeof BOUNTY_PHASES)[number]

/** When each window of a bounty ends, in blocks. */
export interface BountyWindows {
  /** First block in which nobody can assert any more, E. */
  expiration: number
  /** Length of the reveal window, R. */
  assertionRevealWindow: number
  /** Length of the vote window, V. */
  arbiterVoteWindow: number
}

/**
 * First block of the vote window, E + R: reveals are over.
 *
 * @example
 * ```ts
 * import { voteStart } from '@polyswarm/protocol'
 * voteStart({ expiration: 115, assertionRevealWindow: 25, arbiterVoteWindow: 100 }) // => 140
 * ```
 */
export function voteStart({ expiration, assertionRevealWindow }: BountyWindows): number {
  return expiration + assertionRevealWindow
}

/**
 * First block after the vote window, E + R + V: everybody can settle.
 *
 * @example
 * ```ts
 * import { voteEnd } from '@polyswarm/protocol'
 * voteEnd({ expiration: 115, assertionRevealWindow: 25, arbiterVoteWindow: 100 }) // => 240
 * ```
 */
export function voteEnd(windows: BountyWindows): number {
  return voteStart(windows) + windows.arbiterVoteWindow
}

/**
 * The round a bounty is in when a transaction is mined in `block`.
 *
 * @example
 * ```ts
 * import { phaseAt } from '@polyswarm/protocol'
 * phaseAt({ expiration: 115, assertionRevealWindow: 25, arbiterVoteWindow: 100 }, 115, false) // => 'reveal'
 * ```
 */
export function phaseAt(windows: BountyWindows, block: number, quorumReached: boolean): BountyPhase {
  if (block < windows.expiration) return 'assertion'
  if (block < voteStart(windows)) return 'reveal'
  if (block >= voteEnd(windows)) return 'finished'
  return quorumReached ? 'quorum' : 'vote'
}
