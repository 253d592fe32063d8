import { BOUNTY_MOVES, type Guid } from '@polyswarm/protocol'
import type { Address, Hex } from 'viem'
import type { Ledger } from './ledger.js'

/** Who did something on a bounty, and in which transaction. */
export interface BountyMoveRow {
  event: (typeof BOUNTY_MOVES)[number]
  /** Account and transaction are null for a quorum. */
  account: Address | null
  blockNumber: number
  txhash: Hex | null
}

/** What each kind of move is read from, in the order of a bounty's life. */
const SOURCES = [
  'SELECT 0 AS kind, author AS account, block_number, txhash, rowid AS place FROM bounties WHERE guid = ?1',
  'SELECT 1, author, block_number, txhash, idx FROM assertions WHERE guid = ?1',
  `SELECT 2, a.author, r.block_number, r.txhash, r.rowid FROM reveals r JOIN assertions a USING (guid, idx)
   WHERE r.guid = ?1`,
  'SELECT 3, voter, block_number, txhash, rowid FROM votes WHERE guid = ?1',
  'SELECT 4, NULL, block_number, NULL, rowid FROM quorums WHERE guid = ?1',
  'SELECT 5, settler, block_number, txhash, rowid FROM settlements WHERE guid = ?1',
]

/** What was done on a bounty, in the order of the chain; empty where the ledger knows no such bounty. */
export function readMoves(ledger: Ledger, guid: Guid): BountyMoveRow[] {
  return ledger
    .prepare(`${SOURCES.join(' UNION ALL ')} ORDER BY block_number, kind, place`)
    .all(guid)
    .map((row) => ({
      event: BOUNTY_MOVES[Number(row.kind)] ?? 'bounty',
      account: row.account as Address | null,
      blockNumber: Number(row.block_number),
      txhash: row.txhash as Hex | null,
    }))
}
