import type { DatabaseSync } from 'node:sqlite'
import type { Guid } from '@polyswarm/protocol'
import type { Terms } from './bounty-terms.js'
import type { Decision } from './decision.js'

/** How this participant's part in a bounty stands: what its duties follow from, and no more. */
export interface BountyStanding {
  guid: Guid
  /** Null while the block that it was posted in is no longer part of the chain. */
  block: number | null
  expiration: number
  windows: Pick<Terms, 'assertionRevealWindow' | 'arbiterVoteWindow'> | null
  quorum: boolean
  decision: Decision | null
  settled: boolean
  assertion: { posted: boolean; revealed: boolean } | null
  vote: { cast: boolean } | null
  /** The block until which a decision waits, unless what it waits for comes earlier; null where it does not. */
  waitsUntil: number | null
  /** How many artifacts it has; until its terms are known, how many its author described. */
  numArtifacts: number
}

type Row = Record<string, string | number | null>

/** The standings of all open bounties, the one that expires first first, or of one of them. */
export function readStandings(db: DatabaseSync, guid?: Guid): BountyStanding[] {
  const rows = db.prepare(`SELECT b.guid, b.block, b.expiration, b.num_artifacts, b.reveal_window, b.vote_window,
      b.quorum_block IS NOT NULL AS quorum, b.decision, b.settled_block IS NOT NULL AS settled, b.waits_until,
      a.guid IS NOT NULL AS asserted, a.position IS NOT NULL AS posted, a.revealed_block IS NOT NULL AS revealed,
      v.guid IS NOT NULL AS voted, v.cast_block IS NOT NULL AS cast,
      coalesce(b.num_artifacts, iif(b.decision IS NULL, json_array_length(b.metadata), 0)) AS artifacts
    FROM bounties b LEFT JOIN assertions a ON a.guid = b.guid LEFT JOIN votes v ON v.guid = b.guid
    WHERE b.closed_head IS NULL AND (b.block IS NOT NULL OR b.decision IN ('assert', 'vote', 'post'))
    ${guid === undefined ? '' : 'AND b.guid = ?'} ORDER BY b.expiration`)
  return ((guid === undefined ? rows.all() : rows.all(guid)) as Row[]).map(standingOf)
}

function standingOf(row: Row): BountyStanding {
  return {
    guid: row.guid as Guid,
    block: row.block as number | null,
    expiration: Number(row.expiration),
    windows:
      row.num_artifacts === null
        ? null
        : { assertionRevealWindow: Number(row.reveal_window), arbiterVoteWindow: Number(row.vote_window) },
    quorum: row.quorum === 1,
    decision: row.decision as Decision | null,
    settled: row.settled === 1,
    assertion: row.asserted === 1 ? { posted: row.posted === 1, revealed: row.revealed === 1 } : null,
    vote: row.voted === 1 ? { cast: row.cast === 1 } : null,
    waitsUntil: row.waits_until as number | null,
    numArtifacts: Math.max(Number(row.artifacts ?? 1), 1),
  }
}
