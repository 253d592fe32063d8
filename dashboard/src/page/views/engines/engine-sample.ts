import {
  type assertionList,
  type bountyList,
  consensusOf,
  type Guid,
  maskFromBooleans,
  type voteList,
} from '@polyswarm/protocol'
import type { z } from 'zod'

/** A bounty that is over, with everything that was said on it: what engines are measured by. */
export interface JudgedBounty {
  guid: Guid
  type: 'file' | 'url'
  postedAt: number
  numArtifacts: number
  /** Truth of each artifact; null where no arbiter voted. */
  consensus: bigint | null
  assertions: readonly {
    author: string
    mask: bigint
    bids: readonly bigint[]
    /** Null where it was never revealed. */
    verdicts: bigint | null
    block: number
  }[]
  votes: readonly { voter: string; votes: bigint }[]
}

/** Rows of a list of the daemon from its newest back; not whole where there were more than are read. */
export interface ReadRows<Row> {
  rows: readonly Row[]
  isWhole: boolean
}

/** What lists of the daemon say, the newest first. */
export interface SampleLists {
  bounties: Readonly<z.output<typeof bountyList>['bounties']>
  assertions: ReadRows<z.output<typeof assertionList>['assertions'][number]>
  votes: ReadRows<z.output<typeof voteList>['votes'][number]>
}

/**
 * The bounties that are over, with what was said on them. Where more was said than was read, older bounties are left out:
 * they would look as if nobody had answered on them.
 */
export function judgedSample({ bounties, assertions, votes }: SampleLists): JudgedBounty[] {
  const from = Math.max(...[assertions, votes].map(firstRead))
  const byBounty = <Row extends { bounty_guid: Guid }>(rows: readonly Row[]) =>
    Map.groupBy(rows, ({ bounty_guid }) => bounty_guid)
  const [assertionsOf, votesOf] = [byBounty(assertions.rows), byBounty(votes.rows)]
  return bounties
    .filter(({ phase, block_number: block }) => (phase === 'finished' || phase === 'quorum') && block >= from)
    .map(({ guid, artifact_type: type, block_number: postedAt, num_artifacts: numArtifacts }) => {
      const cast = (votesOf.get(guid) ?? []).map((vote) => ({ voter: vote.voter, votes: maskFromBooleans(vote.votes) }))
      return {
        ...{ guid, type, postedAt, numArtifacts, votes: cast },
        consensus: cast.length === 0 ? null : consensusOf(cast, numArtifacts),
        assertions: (assertionsOf.get(guid) ?? []).map(({ author, mask, bid, verdicts, block_number: block }) => ({
          ...{ author, block, bids: bid },
          mask: maskFromBooleans(mask),
          verdicts: verdicts === null ? null : maskFromBooleans(verdicts),
        })),
      }
    })
}

/** The first block of which all is known that was said. */
function firstRead({ rows, isWhole }: ReadRows<{ block_number: number }>): number {
  return isWhole ? 0 : (rows.at(-1)?.block_number ?? 0) + 1
}
