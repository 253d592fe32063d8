import { type BountyWindows, voteEnd } from '@polyswarm/protocol'

/** The last newest block at which a vote can be decided on and still be sent: it is mined in the one after the next at the latest. */
export function lastHeadToVote(windows: BountyWindows): number {
  return voteEnd(windows) - 2
}

/**
 * The block at which nothing is waited for any more: what is known by then becomes the vote. A tenth of the vote window, 2
 * to 20 blocks, is left for sending it, and sending it again where it is lost.
 */
export function decisionDeadline(windows: BountyWindows): number {
  const left = Math.min(Math.max(Math.ceil(windows.arbiterVoteWindow / 10), 2), 20)
  return lastHeadToVote(windows) - left
}
