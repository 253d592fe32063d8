import { type BountyWindows, voteEnd, voteStart } from '@polyswarm/protocol'
import type { BountyRecord } from '../../queries/bounty-query.js'

/** A step of a bounty's life. Places in blocks; null where they are not known. */
export interface TimelineStep {
  name: 'posted' | 'assertion' | 'reveal' | 'vote' | 'settled'
  from: number | null
  /** First block in which it is over. */
  until: number | null
  state: 'over' | 'now' | 'ahead'
}

/** The steps of a bounty, seen from a block. */
export function timelineSteps(
  { bounty, settlements, moves }: Pick<BountyRecord, 'bounty' | 'settlements' | 'moves'>,
  windows: BountyWindows,
  head: number,
): TimelineStep[] {
  const next = head + 1
  const posted = moves?.find(({ event }) => event === 'bounty')?.block_number ?? null
  const reveal = windows.expiration
  const vote = voteStart(windows)
  const end = bounty.quorum_reached ? bounty.quorum_reached_block : voteEnd(windows)
  const stateOf = (from: number, until: number) => (next >= until ? 'over' : next >= from ? 'now' : 'ahead')
  const settled = settlements[0]?.block_number ?? null
  return [
    { name: 'posted', from: posted, until: null, state: 'over' },
    { name: 'assertion', from: posted, until: reveal, state: stateOf(0, reveal) },
    { name: 'reveal', from: reveal, until: vote, state: stateOf(reveal, vote) },
    { name: 'vote', from: vote, until: end, state: stateOf(vote, Math.max(end, vote + 1)) },
    {
      name: 'settled',
      from: settled ?? end,
      until: null,
      state: settled !== null ? 'over' : next >= end ? 'now' : 'ahead',
    },
  ]
}
