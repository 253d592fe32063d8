import type { Movement, StatementPage } from '@polyswarm/protocol'
import type { PolyswarmdClient } from '../client/polyswarmd-client.js'
import { StatementError } from '../errors.js'

/**
 * Why NCT came or went. What a bounty paid to the account is divided: `returned` is what the account had put in, `gained` what
 * is more.
 */
type StatementReason = Movement['reason'] | 'returned' | 'gained'

/** A line of a statement. */
export interface StatementLine extends Omit<Movement, 'amount' | 'reason' | 'direction'> {
  reason: StatementReason
  /** Base units of NCT; below 0 for what went. */
  amount: bigint
  /** What the account had after it; undefined where the statement does not begin with the chain. */
  balance: bigint | undefined
}

/** What a statement comes to. */
export interface StatementTotals {
  /** The first and the last block. */
  from: number
  to: number
  /** Base units of NCT before `from` and after `to`. */
  opening: bigint
  closing: bigint
  /** What came and went for each reason, below 0 where more went. */
  byReason: ReadonlyMap<StatementReason, bigint>
  /** Wei of the chain's coin that the account paid for the transactions that are listed. */
  gasCost: bigint
}

/**
 * Reads a statement, page by page, and hands out its lines, oldest first.
 *
 * @param from the first block.
 * @returns what it comes to. From block 0 on, that is the balance on the chain, to the last unit.
 * @throws StatementError where it is not, and what the client throws.
 */
export async function readStatement(
  client: Pick<PolyswarmdClient, 'statement'>,
  from: number,
  onLine: (line: StatementLine) => void,
  signal?: AbortSignal,
): Promise<StatementTotals> {
  const division = new SettlementDivision()
  const byReason = new Map<StatementReason, bigint>()
  let sum = 0n
  let gasCost = 0n
  let page: StatementPage = await client.statement({ from }, signal)
  const { to, balance: closing } = page
  if (closing === null) throw new StatementError({ reason: 'polyswarmd did not tell the balance' })
  for (;;) {
    for (const { direction, ...movement } of page.movements) {
      gasCost += movement.gas_cost ?? 0n
      for (const { reason, amount, gas } of division.partsOf({ direction, ...movement })) {
        sum += amount
        byReason.set(reason, (byReason.get(reason) ?? 0n) + amount)
        onLine({ ...movement, reason, amount, gas_cost: gas, balance: from === 0 ? sum : undefined })
      }
    }
    if (page.next === null) break
    page = await client.statement({ from: page.next, to }, signal)
  }
  const opening = closing - sum
  if (opening < 0n || (from === 0 && opening !== 0n)) {
    throw new StatementError({ reason: `what came and went is ${sum} base units, and the balance ${closing}` })
  }
  return { from, to, opening, closing, byReason, gasCost }
}

/** What an account puts into a bounty. */
const PUT_IN: ReadonlySet<StatementReason> = new Set(['reward', 'bounty-fee', 'bid', 'assertion-fee'])

/** Divides what a bounty paid by what the account had put in. It remembers only bounties that have not paid yet. */
class SettlementDivision {
  readonly #put = new Map<string, bigint>()

  partsOf({ direction, reason, amount, guid, gas_cost: gas }: Movement) {
    const key = guid ?? ''
    // What goes out for a settlement is the registry's own.
    if (direction === 'in' && reason === 'settlement') {
      const put = this.#put.get(key) ?? 0n
      this.#put.delete(key)
      const returned = put < amount ? put : amount
      const parts = [
        { reason: 'returned', amount: returned, gas },
        { reason: 'gained', amount: amount - returned, gas: returned > 0n ? null : gas },
      ] as const
      return parts.filter((part) => part.amount > 0n)
    }
    if (direction === 'out' && PUT_IN.has(reason)) {
      this.#put.set(key, (this.#put.get(key) ?? 0n) + amount)
    }
    return [{ reason, amount: direction === 'in' ? amount : -amount, gas }]
  }
}
