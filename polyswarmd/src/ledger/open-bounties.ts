import type { Guid } from '@polyswarm/protocol'
import { BOUNTY_END, LONGEST_WINDOWS } from './bounty-windows.js'
import type { Ledger, LogEntry } from './ledger.js'

/** Entries that are read from the log at a time. */
const BATCH = 100

/**
 * What whoever begins now, or was away for long, has to know of the market: re-orgs since it was here, whether the market
 * is deprecated, and every bounty that is not over, with its quorum where it has one. In the order of the log. What is open is
 * decided at the first call; what a re-org takes back before it was read is left out.
 *
 * @param since position of the last entry that was seen; null for none.
 */
export function* openMarket(ledger: Ledger, since: number | null): Generator<LogEntry> {
  const columns = 'position, block_number AS blockNumber, event, data, txhash'
  const rows = (sql: string, ...values: (number | string)[]) =>
    ledger.prepare(sql).all(...values) as unknown as LogEntry[]
  const open = new Set<Guid>()
  const blocks = new Set<number>()
  for (const { guid, posted, decided } of openBounties(ledger)) {
    open.add(guid)
    blocks.add(posted)
    if (decided !== null) blocks.add(decided)
  }
  if (since !== null) {
    // The deepest of them takes back what any of them did.
    yield* rows(
      `SELECT ${columns} FROM log WHERE event = 'reorg' AND position > ? ORDER BY block_number LIMIT 1`,
      since,
    )
  }
  yield* rows(`SELECT ${columns} FROM log WHERE event IN ('deprecated', 'undeprecated') ORDER BY position DESC LIMIT 1`)
  for (const block of [...blocks].sort((a, b) => a - b)) {
    for (let position = -1; ; ) {
      const entries = rows(
        `SELECT ${columns} FROM log WHERE block_number = ? AND event IN ('bounty', 'quorum') AND position > ?
         ORDER BY position LIMIT ${BATCH}`,
        block,
        position,
      )
      for (const entry of entries) if (open.has(guidOfEntry(entry))) yield entry
      if (entries.length < BATCH) break
      position = entries.at(-1)?.position ?? position
    }
  }
}

function openBounties(ledger: Ledger): { guid: Guid; posted: number; decided: number | null }[] {
  return ledger
    .prepare(
      `SELECT b.guid, b.block_number AS posted, q.block_number AS decided
       FROM bounties b CROSS JOIN terms t USING (guid) LEFT JOIN quorums q USING (guid)
       WHERE b.expiration > ?1 - (${LONGEST_WINDOWS})
       AND ${BOUNTY_END} > ?1`,
    )
    .all((ledger.head?.number ?? -1) + 1) as unknown as { guid: Guid; posted: number; decided: number | null }[]
}

/** The bounty that an entry is about, which it names first. */
export function guidOfEntry({ data }: Pick<LogEntry, 'data'>): Guid {
  return (/^\{"(?:bounty_)?guid":"([^"]+)"/.exec(data)?.[1] ?? '') as Guid
}
