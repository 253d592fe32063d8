import type { DatabaseSync } from 'node:sqlite'
import { phaseAt } from '@polyswarm/protocol'

/** The block from which on a bounty `b` with the terms `t` is over, as an expression. */
export const BOUNTY_END = '(b.expiration + t.assertion_reveal_window + t.arbiter_vote_window)'

/**
 * The longest windows that there ever were, in blocks, as a query. No bounty's are longer: so an index of expirations finds
 * those that matter.
 */
export const LONGEST_WINDOWS = 'SELECT COALESCE(MAX(assertion_reveal_window + arbiter_vote_window), 0) FROM windows'

/** The phase at block `:next` of a bounty `b` with the terms `t` and, where it has one, the quorum `q`; see {@link addPhaseFunction}. */
export const BOUNTY_PHASE =
  'phase_at(:next, b.expiration, t.assertion_reveal_window, t.arbiter_vote_window, q.guid IS NOT NULL)'

const ready = new WeakSet<DatabaseSync>()

/** Lets the queries of a database ask for {@link BOUNTY_PHASE}, by the market's one rule. */
export function addPhaseFunction(db: DatabaseSync): void {
  if (ready.has(db)) return
  ready.add(db)
  db.function('phase_at', { deterministic: true }, (block, expiration, revealWindow, voteWindow, quorum) => {
    const [assertionRevealWindow, arbiterVoteWindow] = [Number(revealWindow), Number(voteWindow)]
    const windows = { expiration: Number(expiration), assertionRevealWindow, arbiterVoteWindow }
    return phaseAt(windows, Number(block), Number(quorum) === 1)
  })
}
