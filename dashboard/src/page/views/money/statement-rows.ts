import type { Movement } from '@polyswarm/protocol'

/** A line of a statement: what came or went, and what there was after it. */
export interface StatementRow {
  block: number
  txhash: string
  reason: Movement['reason']
  guid: string | null
  counterparty: string
  /** Below 0 for what went out, in base units. */
  change: bigint
  /** Null where the statement does not reach up to now. */
  balance: bigint | null
}

/**
 * The latest movements first, each with the balance after it.
 *
 * @param balance what there is after the last of them; null where it is not known.
 */
export function statementRows(movements: readonly Movement[], balance: bigint | null): StatementRow[] {
  let left = balance
  return movements.toReversed().map((movement) => {
    const { block_number: block, txhash, reason, guid, counterparty, direction, amount } = movement
    const change = direction === 'in' ? amount : -amount
    const row = { block, txhash, reason, guid, counterparty, change, balance: left }
    if (left !== null) left -= change
    return row
  })
}

/** Bids on bounties that have not paid, in base units by bounty: what is at risk. */
export function atRisk(movements: readonly Movement[]): Map<string, bigint> {
  const open = new Map<string, bigint>()
  for (const { guid, reason, amount } of movements) {
    if (guid === null) continue
    if (reason === 'bid') open.set(guid, (open.get(guid) ?? 0n) + amount)
    if (reason === 'settlement') open.delete(guid)
  }
  return open
}
