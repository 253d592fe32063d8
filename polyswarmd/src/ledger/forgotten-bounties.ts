import type { Guid } from '@polyswarm/protocol'
import { BOUNTY_END } from './bounty-windows.js'
import type { Ledger } from './ledger.js'

/** What is kept of each bounty under its guid. */
const TABLES = ['terms', 'assertions', 'reveals', 'votes', 'bloom_votes', 'quorums', 'settlements'] as const

/** Blocks in which something was said of a bounty. */
const BLOCKS = ['bounties', ...TABLES]
  .map((table) => `SELECT block_number FROM ${table} WHERE guid = ?1`)
  .join(' UNION ')

/** An entry about a bounty has its guid before anything that a stranger wrote. */
const IS_ABOUT = `data LIKE '{"guid":"' || ?2 || '"%' OR data LIKE '{"bounty_guid":"' || ?2 || '"%'`

/**
 * Bounties whose last window ended up to a block, and that nobody settled after it; those that expired first first. The
 * newest bounty and those of the newest assertion and vote stay: places in lists are never given twice.
 */
export function oldBounties(ledger: Ledger, before: number, limit: number): Guid[] {
  const newest = (table: string) => `(SELECT guid FROM ${table} ORDER BY rowid DESC LIMIT 1)`
  return ledger
    .prepare(
      `SELECT guid FROM bounties b CROSS JOIN terms t USING (guid) WHERE b.expiration <= ?1
       AND ${BOUNTY_END} <= ?1
       AND NOT EXISTS (SELECT 1 FROM settlements s WHERE s.guid = b.guid AND s.block_number > ?1)
       AND ${['bounties', 'assertions', 'votes'].map((table) => `guid IS NOT ${newest(table)}`).join(' AND ')}
       ORDER BY b.expiration LIMIT ?2`,
    )
    .all(before, limit)
    .map(({ guid }) => guid as Guid)
}

/** Deletes a bounty. @returns the position of the last entry of the log that is gone with it; 0 for none. */
export function forgetBounty(ledger: Ledger, guid: Guid): number {
  let last = 0
  for (const { block_number: block } of ledger.prepare(BLOCKS).all(guid)) {
    const gone = ledger
      .prepare(`DELETE FROM log WHERE block_number = ?1 AND event <> 'block' AND (${IS_ABOUT}) RETURNING position`)
      .all(block as number, guid)
    for (const { position } of gone) last = Math.max(last, Number(position))
    // What an empty block tells, that the head passed it, every later block tells as well.
    ledger
      .prepare(
        `DELETE FROM log WHERE block_number = ?1 AND event = 'block'
         AND NOT EXISTS (SELECT 1 FROM log other WHERE other.block_number = ?1 AND other.event <> 'block')`,
      )
      .run(block as number)
  }
  for (const table of [...TABLES, 'bounties']) ledger.prepare(`DELETE FROM ${table} WHERE guid = ?`).run(guid)
  return last
}

/** Deletes the oldest notes of what was burned, up to a block. */
export function forgetBurned(ledger: Ledger, before: number, limit: number): void {
  ledger
    .prepare(
      `DELETE FROM burned WHERE rowid IN (SELECT rowid FROM
         (SELECT rowid, block_number FROM burned ORDER BY rowid LIMIT ?2) WHERE block_number <= ?1)`,
    )
    .run(before, limit * 4)
}
