import type { DatabaseSync } from 'node:sqlite'
import type { Guid } from '@polyswarm/protocol'

/** What is kept of each bounty under its guid. Of transactions goes what cannot be mined any more. */
const FORGET = [
  'DELETE FROM assertions WHERE guid = ?',
  'DELETE FROM votes WHERE guid = ?',
  'DELETE FROM findings WHERE guid = ?',
  'DELETE FROM rivals WHERE guid = ?',
  'DELETE FROM duties WHERE guid = ?',
  "DELETE FROM transactions WHERE guid = ? AND state <> 'signed'",
  // Of a transaction with several actions, and what prepared it, goes what nothing is left of.
  `DELETE FROM transactions WHERE state <> 'signed' AND (guid, kind, attempt) IN (SELECT t.guid, t.kind, t.attempt
    FROM batched_actions a JOIN transactions t ON t.id = a.transaction_id WHERE a.guid = ?1 AND NOT EXISTS
      (SELECT 1 FROM batched_actions other WHERE other.transaction_id = a.transaction_id AND other.guid <> ?1))`,
  "DELETE FROM batched_actions WHERE guid = ? AND transaction_id NOT IN (SELECT id FROM transactions WHERE state = 'signed')",
  'DELETE FROM answers WHERE guid = ?',
  'DELETE FROM judgements WHERE guid = ?',
  'DELETE FROM judged_bounties WHERE guid = ?',
  'DELETE FROM orders WHERE guid = ?',
  'DELETE FROM bounties WHERE guid = ?',
]

/** The bounties in a journal that are over for good, and how they are forgotten. Counters go on counting them. */
export class HistoryBook {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /**
   * Forgets bounties on which nothing has been left to do since before block `before`, those that were closed first first:
   * their assertions, votes, findings, transactions and orders, and orders that could not be posted. To be called within a
   * journal transaction.
   *
   * @param limit how many at most.
   * @returns how many there were.
   */
  forget(before: number, limit: number): number {
    const over = this.#db.prepare(`SELECT guid FROM bounties WHERE closed_head < ? ORDER BY closed_head LIMIT ?`)
    // Posted in a block that was replaced, and never again.
    const gone = this.#db.prepare(`SELECT guid FROM bounties INDEXED BY open_bounties
      WHERE closed_head IS NULL AND expiration < ? AND block IS NULL AND decision IS NULL ORDER BY expiration LIMIT ?`)
    const unposted = this.#db.prepare(`SELECT guid FROM duties d WHERE missed_head < ? AND kind = 'post'
      AND NOT EXISTS (SELECT 1 FROM bounties b WHERE b.guid = d.guid) ORDER BY missed_head LIMIT ?`)
    let forgotten = 0
    for (const question of [over, gone, unposted]) {
      const guids = question.all(before, limit - forgotten).map(({ guid }) => guid as Guid)
      for (const statement of FORGET) for (const guid of guids) this.#db.prepare(statement).run(guid)
      forgotten += guids.length
    }
    return forgotten
  }
}
