import { type BountyWindows, voteEnd, voteStart } from '@polyswarm/protocol'
import type { ActionKind } from '../market/market-action.js'

/** What is known of a bounty and of this participant's part in it: all that its duties follow from. */
export interface DutyFacts {
  windows: BountyWindows
  quorum: boolean
  /** Whether this participant has been paid. */
  settled: boolean
  /** Its assertion, where it decided to make one. */
  assertion: { posted: boolean; revealed: boolean } | null
  /** Its vote, where it decided to cast one. */
  vote: { cast: boolean } | null
  /** Whether it posted the bounty. */
  author: boolean
}

/** Something to be done on a bounty, and when. */
export interface Duty {
  kind: ActionKind
  /** The transaction can be sent once the newest block is this one or later. */
  from: number
  /** The last newest block at which sending it still makes sense; Infinity where there is no deadline. */
  until: number
  /** The block by which it goes before others, where that is not the last. */
  by?: number
}

/**
 * What is still to be done on a bounty, the most urgent first.
 *
 * A transaction that is sent when block h is the newest is mined in h + 1 at the earliest. So what is allowed in blocks
 * a ≤ b < z can be sent while a − 1 ≤ h ≤ z − 2. Two rules are stricter: an assertion needs an approval mined before it and
 * is given a block for that; and a reveal waits for block E itself, since it tells everybody the verdicts: should block E be
 * replaced by another, nobody can have copied them. Where the reveal window is too short for such patience, it is not shown.
 */
export function dutiesOf({ windows, quorum, settled, assertion, vote, author }: DutyFacts): Duty[] {
  const { expiration, assertionRevealWindow } = windows
  const start = voteStart(windows)
  const end = voteEnd(windows)
  const duties: Duty[] = []
  if (assertion && !assertion.posted) duties.push({ kind: 'assert', from: 0, until: lastHeadToAssert(expiration) })
  if (assertion?.posted && !assertion.revealed) {
    duties.push({ kind: 'reveal', from: assertionRevealWindow < 4 ? expiration - 1 : expiration, until: start - 2 })
  }
  if (vote && !vote.cast) duties.push({ kind: 'vote', from: start - 1, until: end - 2 })
  if (!settled && (author || assertion?.posted)) {
    duties.push({ kind: 'settle', from: quorum ? 0 : end - 1, until: Number.POSITIVE_INFINITY })
  } else if (!settled && vote?.cast) {
    duties.push({ kind: 'settle', from: end - 1, until: Number.POSITIVE_INFINITY })
  }
  return duties.sort((a, b) => a.until - b.until)
}

/** The last newest block at which an assertion can be sent with reason: approval and assertion both mined before E. */
export function lastHeadToAssert(expiration: number): number {
  return expiration - 3
}

/** Whether a duty can be fulfilled when `head` is the newest block. */
export function judgeDuty({ from, until }: Duty, head: number): 'early' | 'due' | 'late' {
  if (head > until) return 'late'
  return head < from ? 'early' : 'due'
}
