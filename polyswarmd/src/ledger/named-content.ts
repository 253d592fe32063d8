import type { Guid } from '@polyswarm/protocol'
import { BOUNTY_END, LONGEST_WINDOWS } from './bounty-windows.js'
import type { Ledger } from './ledger.js'

/** A content address, or another text, that a bounty or a reveal names, and the block that did. */
export interface NamedContent {
  name: string
  block: number
}

/** Bounties whose last window ended after block `from` and not after block `to`. */
export function endedBounties({ db }: Ledger, from: number, to: number): Guid[] {
  return db
    .prepare(
      `SELECT guid FROM bounties b CROSS JOIN terms t USING (guid)
       WHERE b.expiration > ?1 - (${LONGEST_WINDOWS}) AND b.expiration <= ?2 AND ${BOUNTY_END} > ?1 AND ${BOUNTY_END} <= ?2`,
    )
    .all(from, to)
    .map(({ guid }) => guid as Guid)
}

/** What one bounty names: artifacts, its metadata, the metadata of its reveals. */
export function namesOf({ db }: Ledger, guid: Guid): NamedContent[] {
  return db
    .prepare(
      `SELECT uri AS name, block_number AS block FROM bounties WHERE guid = ?1
       UNION SELECT metadata, block_number FROM bounties WHERE guid = ?1
       UNION SELECT metadata, block_number FROM reveals WHERE guid = ?1`,
    )
    .all(guid) as unknown as NamedContent[]
}

/** What bounties name whose last window ends after a block. */
export function namesAfter({ db }: Ledger, block: number): string[] {
  return db
    .prepare(`SELECT uri AS name ${STILL} UNION SELECT metadata ${STILL} UNION SELECT r.metadata ${REVEALED}`)
    .all(block)
    .map(({ name }) => String(name))
}

/** Whether a bounty names something whose last window ends after a block. */
export function isNamedAfter({ db }: Ledger, name: string, block: number): boolean {
  const found = db
    .prepare(`SELECT 1 ${STILL} AND ?2 IN (b.uri, b.metadata) UNION SELECT 1 ${REVEALED} AND r.metadata = ?2 LIMIT 1`)
    .get(block, name)
  return found !== undefined
}

const STILL = `FROM bounties b CROSS JOIN terms t USING (guid) WHERE b.expiration > ?1 - (${LONGEST_WINDOWS}) AND ${BOUNTY_END} > ?1`
const REVEALED = `FROM bounties b CROSS JOIN terms t USING (guid) JOIN reveals r USING (guid)
  WHERE b.expiration > ?1 - (${LONGEST_WINDOWS}) AND ${BOUNTY_END} > ?1`
