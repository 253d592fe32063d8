import type { DatabaseSync } from 'node:sqlite'
import type { Guid } from '@polyswarm/protocol'
import type { Hex } from 'viem'
import type { ActionKind } from '../market/market-action.js'
import { guidOf, keyOf } from './guid-key.js'

/** What fills the nonce of a transaction that the node refused for good, when later nonces are in use already. */
export const FILLER = 'filler'

/**
 * Where a signed transaction stands: `signed` until its nonce is used up; then `mined`, `failed` (mined and reverted) or
 * `replaced` (another transaction has its nonce). `refused` by the node, it is out of the race and its nonce free again.
 */
export type TransactionState = 'signed' | 'mined' | 'failed' | 'refused' | 'replaced'

/** A signed transaction in the outbox. */
export interface OutboxEntry {
  id: number
  /** The bounty that it is for; null where it is for none. */
  guid: Guid | null
  kind: ActionKind | typeof FILLER
  /** Numbers the attempts at one duty. */
  attempt: number
  nonce: number
  hash: Hex
  raw: Hex
  state: TransactionState
  reason: string | null
  /** The newest block known when the state was written down. */
  head: number
}

/** How the last attempt at a duty stands. */
export type AttemptState = { state: 'none' | 'pending' | 'mined' } | { state: 'failed'; reason: string }

type Row = Record<string, string | number | null>

/** The signed transactions of a journal. Their bytes are here before they are anywhere else. */
export class Outbox {
  readonly #db: DatabaseSync
  /** What was asked last, while nothing has changed it: it is asked for each bounty that waits to be decided on. */
  #delay: { head: number; block: number; blocks: number } | undefined

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /**
   * Takes signed transactions down, in the order of their nonces. Signing is deterministic: what was refused and is tried
   * again with the same nonce has the same bytes, and takes its old place.
   */
  add(entries: readonly Omit<OutboxEntry, 'id' | 'state' | 'reason'>[]): OutboxEntry[] {
    this.#delay = undefined
    const insert =
      this.#db.prepare(`INSERT INTO transactions (guid, kind, attempt, nonce, hash, raw, state, head, begun)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'signed', ?7, ?7)
      ON CONFLICT (hash) DO UPDATE SET guid = excluded.guid, kind = excluded.kind, attempt = excluded.attempt,
        state = excluded.state, reason = NULL, head = excluded.head, begun = excluded.begun
      RETURNING *`)
    return entries.map(({ guid, kind, attempt, nonce, hash, raw, head }) =>
      entryOf(insert.get(keyOf(guid), kind, attempt, nonce, hash, raw, head) as Row),
    )
  }

  /** Transactions that are not mined, or mined in blocks that could still be replaced: above `finalHead`. */
  unsettled(finalHead: number): OutboxEntry[] {
    const rows = this.#db.prepare(`SELECT * FROM transactions
      WHERE state = 'signed' OR (state IN ('mined', 'failed') AND head > ?) ORDER BY nonce, id`)
    return (rows.all(finalHead) as Row[]).map(entryOf)
  }

  /**
   * Whether a transaction of a duty can still come to do what it was made for: it is not mined, or in a block above
   * `finalHead`, after which the chain could go another way.
   */
  isOpen(guid: Guid, kind: ActionKind, finalHead: number): boolean {
    const row = this.#db.prepare(`SELECT 1 FROM transactions WHERE guid = ? AND kind = ?
      AND (state = 'signed' OR (state <> 'refused' AND head > ?)) LIMIT 1`)
    return row.get(guid, kind, finalHead) !== undefined
  }

  /**
   * The highest nonce that is spoken for: by a transaction that is not mined yet, or by one whose block, above `finalHead`,
   * could still be taken back; it is sent again then, and needs its nonce.
   */
  highestNonce(finalHead: number): number | undefined {
    const row = this.#db
      .prepare(`SELECT max(nonce) AS n FROM transactions
        WHERE state = 'signed' OR (state IN ('mined', 'failed') AND head > ?)`)
      .get(finalHead)
    return row?.n === null ? undefined : Number(row?.n)
  }

  /** Whether a transaction is one of this journal's. */
  has(hash: Hex): boolean {
    return this.#db.prepare('SELECT 1 FROM transactions WHERE hash = ?').get(hash) !== undefined
  }

  /** Writes a transaction's new state down. */
  setState(id: number, state: TransactionState, head: number, reason: string | null = null): void {
    this.#delay = undefined
    this.#db
      .prepare('UPDATE transactions SET state = ?, head = ?, reason = ? WHERE id = ?')
      .run(state, head, reason, id)
  }

  /**
   * Writes down that the chain told of what a transaction did: it is mined, and what prepared it in the same attempt with it.
   *
   * @param block the block that it is in.
   * @returns whether it waited for that.
   */
  setMined(hash: Hex, block: number): boolean {
    this.#delay = undefined
    const result = this.#db
      .prepare(`UPDATE transactions AS t SET state = 'mined', head = ?2, reason = NULL FROM transactions AS told
        WHERE told.hash = ?1 AND t.state = 'signed' AND t.guid = told.guid AND t.kind = told.kind
          AND t.attempt = told.attempt AND t.nonce <= told.nonce`)
      .run(hash, block)
    return result.changes > 0
  }

  /**
   * The most blocks that went by between the newest block when an action was begun and the one that it was mined in, or today
   * where it is not mined yet; of all that waits, and that was mined above `block`, but for settlements, which wait for all
   * else. 1 is as fast as can be, 0 says nothing.
   */
  delay(head: number, block: number): number {
    if (this.#delay?.head === head && this.#delay.block === block) return this.#delay.blocks
    const row = this.#db
      .prepare(`SELECT max(iif(state = 'signed', ?1, head) - begun) AS n FROM transactions
        WHERE (state = 'signed' OR (state IN ('mined', 'failed') AND head > ?2)) AND kind <> 'settle'`)
      .get(head, block)
    this.#delay = { head, block, blocks: Number(row?.n ?? 0) }
    return this.#delay.blocks
  }

  /** The newest transaction of a kind that is on the chain or can still come onto it; undefined where there is none. */
  newest(kind: ActionKind): OutboxEntry | undefined {
    const row = this.#db.prepare(
      "SELECT * FROM transactions WHERE kind = ? AND state IN ('signed', 'mined') ORDER BY id DESC LIMIT 1",
    )
    return row.get(kind) as unknown as OutboxEntry | undefined
  }

  /** The transaction that did what an action was for; undefined where none has. */
  minedFor(guid: Guid, kind: ActionKind): OutboxEntry | undefined {
    const row = this.#db.prepare(`SELECT * FROM transactions WHERE guid = ? AND kind = ? AND state = 'mined'
      ORDER BY attempt DESC, nonce DESC LIMIT 1`)
    return row.get(guid, kind) as unknown as OutboxEntry | undefined
  }

  /** Number of the next attempt at a duty. */
  nextAttempt(guid: Guid | null, kind: ActionKind | typeof FILLER): number {
    const row = this.#db.prepare(
      'SELECT coalesce(max(attempt), 0) + 1 AS n FROM transactions WHERE guid = ? AND kind = ?',
    )
    return Number(row.get(keyOf(guid), kind)?.n)
  }

  /** How the last attempt at a duty stands: pending while any of its transactions can still be mined. */
  lastAttempt(guid: Guid | null, kind: ActionKind): AttemptState {
    const rows = this.#db.prepare(`SELECT * FROM transactions WHERE guid = ?1 AND kind = ?2 AND attempt =
      (SELECT max(attempt) FROM transactions WHERE guid = ?1 AND kind = ?2) ORDER BY nonce`)
    const entries = (rows.all(keyOf(guid), kind) as Row[]).map(entryOf)
    if (entries.length === 0) return { state: 'none' }
    if (entries.some(({ state }) => state === 'signed')) return { state: 'pending' }
    const broken = entries.findLast(({ state }) => state !== 'mined')
    if (!broken) return { state: 'mined' }
    return { state: 'failed', reason: broken.reason ?? `its transaction was ${broken.state}` }
  }

  /** Transactions that were mined above `block` have to be mined again: those blocks are no longer part of the chain. */
  reopenAbove(block: number): void {
    this.#delay = undefined
    this.#db
      .prepare("UPDATE transactions SET state = 'signed' WHERE state IN ('mined', 'failed', 'replaced') AND head > ?")
      .run(block)
  }
}

function entryOf(row: Row): OutboxEntry {
  return { ...(row as unknown as OutboxEntry), guid: guidOf(String(row.guid)) }
}
