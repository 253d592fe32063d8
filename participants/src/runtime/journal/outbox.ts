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
  /** The bounty that it is for; null where it is for none, or for actions on several. */
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

/** Why an action failed that was in a batch. */
const FAILED_ALONE = 'the registry refused it, and did the others of its transaction'

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
   *
   * @param batched the bounties of the actions that the last transaction does, where these are several.
   */
  add(entries: readonly Omit<OutboxEntry, 'id' | 'state' | 'reason'>[], batched: readonly Guid[] = []): OutboxEntry[] {
    this.#delay = undefined
    const insert =
      this.#db.prepare(`INSERT INTO transactions (guid, kind, attempt, nonce, hash, raw, state, head, begun)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'signed', ?7, ?7)
      ON CONFLICT (hash) DO UPDATE SET guid = excluded.guid, kind = excluded.kind, attempt = excluded.attempt,
        state = excluded.state, reason = NULL, head = excluded.head, begun = excluded.begun
      RETURNING *`)
    const added = entries.map(({ guid, kind, attempt, nonce, hash, raw, head }) =>
      entryOf(insert.get(keyOf(guid), kind, attempt, nonce, hash, raw, head) as Row),
    )
    const last = added.at(-1)
    if (last && batched.length > 0) this.#addActions(last, batched)
    return added
  }

  #addActions({ id, kind }: OutboxEntry, guids: readonly Guid[]): void {
    const attempts = guids.map((guid) => this.nextAttempt(guid, kind))
    this.#db.prepare('DELETE FROM batched_actions WHERE transaction_id = ?').run(id)
    const insert = this.#db.prepare(
      'INSERT INTO batched_actions (guid, kind, attempt, transaction_id) VALUES (?, ?, ?, ?)',
    )
    for (const [index, guid] of guids.entries()) insert.run(guid, kind, attempts[index] ?? 1, id)
  }

  /** The bounties that a transaction is for. */
  guidsOf({ id, guid }: OutboxEntry): Guid[] {
    if (guid !== null) return [guid]
    const rows = this.#db.prepare('SELECT guid FROM batched_actions WHERE transaction_id = ?').all(id)
    return rows.map((row) => row.guid as Guid)
  }

  /**
   * Writes down what a mined transaction did of its actions, as far as that was not told yet: those of `done`, and no others.
   *
   * @returns the bounties of those that it did not do.
   */
  setDone({ id }: OutboxEntry, done: ReadonlySet<Guid>): Guid[] {
    const untold = this.#db
      .prepare('SELECT guid FROM batched_actions WHERE transaction_id = ? AND done IS NULL')
      .all(id)
    const update = this.#db.prepare('UPDATE batched_actions SET done = ? WHERE transaction_id = ? AND guid = ?')
    const guids = untold.map(({ guid }) => guid as Guid)
    for (const guid of guids) update.run(done.has(guid) ? 1 : 0, id, guid)
    return guids.filter((guid) => !done.has(guid))
  }

  /** Whether actions of a kind were ever done that shared a transaction. */
  hasDoneTogether(kind: OutboxEntry['kind']): boolean {
    const row = this.#db.prepare(`SELECT 1 FROM transactions t WHERE t.guid = '' AND t.kind = ? AND EXISTS
      (SELECT 1 FROM batched_actions a WHERE a.transaction_id = t.id AND a.done = 1) LIMIT 1`)
    return row.get(kind) !== undefined
  }

  /** Transactions that were mined up to `head`, however long ago, and of whose actions the chain has not told all. */
  untold(head: number): OutboxEntry[] {
    // By the few that are untold, and not by all that were ever mined.
    const rows = this.#db.prepare(`SELECT * FROM transactions NOT INDEXED WHERE state = 'mined' AND head <= ?
      AND id IN (SELECT transaction_id FROM batched_actions INDEXED BY untold_actions WHERE done IS NULL)`)
    return (rows.all(head) as Row[]).map(entryOf)
  }

  /** Whether the transaction of a duty's last attempt is mined, and the chain has not told what it did of this. */
  isUntold(guid: Guid, kind: ActionKind): boolean {
    const row = this.#db
      .prepare(`SELECT done IS NULL AND EXISTS (SELECT 1 FROM transactions WHERE id = transaction_id AND state = 'mined') AS n
        FROM batched_actions WHERE guid = ? AND kind = ? ORDER BY attempt DESC LIMIT 1`)
      .get(guid, kind)
    return row?.n === 1
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
    const row = this.#db.prepare(`SELECT 1 FROM transactions
      WHERE ((guid = ?1 AND kind = ?2) OR id IN (SELECT transaction_id FROM batched_actions WHERE guid = ?1 AND kind = ?2))
      AND (state = 'signed' OR (state <> 'refused' AND head > ?3)) LIMIT 1`)
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
   * @param guid the bounty that it was told of.
   * @returns whether it waited for that.
   */
  setMined(hash: Hex, block: number, guid: Guid | null): boolean {
    this.#delay = undefined
    const told = this.#db
      .prepare(`UPDATE batched_actions SET done = 1 WHERE guid = ?2 AND done IS NOT 1
        AND transaction_id = (SELECT id FROM transactions WHERE hash = ?1)`)
      .run(hash, keyOf(guid))
    const result = this.#db
      .prepare(`UPDATE transactions AS t SET state = 'mined', head = ?2, reason = NULL FROM transactions AS told
        WHERE told.hash = ?1 AND t.state = 'signed' AND t.guid = told.guid AND t.kind = told.kind
          AND t.attempt = told.attempt AND t.nonce <= told.nonce`)
      .run(hash, block)
    return result.changes > 0 || told.changes > 0
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
    const row = this.#db.prepare(`SELECT 1 + max(
      coalesce((SELECT max(attempt) FROM transactions WHERE guid = ?1 AND kind = ?2), 0),
      coalesce((SELECT max(attempt) FROM batched_actions WHERE guid = ?1 AND kind = ?2), 0)) AS n`)
    return Number(row.get(keyOf(guid), kind)?.n)
  }

  /** How the last attempt at a duty stands: pending while any of its transactions can still be mined. */
  lastAttempt(guid: Guid | null, kind: ActionKind): AttemptState {
    const rows = this.#db.prepare(`SELECT * FROM transactions WHERE guid = ?1 AND kind = ?2 AND attempt =
      (SELECT max(attempt) FROM transactions WHERE guid = ?1 AND kind = ?2) ORDER BY nonce`)
    const entries = (rows.all(keyOf(guid), kind) as Row[]).map(entryOf)
    const batched = guid === null ? undefined : this.#lastBatched(guid, kind)
    if (batched && batched.attempt > (entries[0]?.attempt ?? 0)) return batched.state
    return stateOf(entries)
  }

  #lastBatched(guid: Guid, kind: ActionKind): { attempt: number; state: AttemptState } | undefined {
    const row = this.#db
      .prepare(`SELECT attempt, transaction_id, done FROM batched_actions WHERE guid = ? AND kind = ?
        ORDER BY attempt DESC LIMIT 1`)
      .get(guid, kind)
    if (!row) return undefined
    const attempt = Number(row.attempt)
    const entry = this.#db.prepare('SELECT * FROM transactions WHERE id = ?').get(row.transaction_id ?? null)
    const state = stateOf(entry ? [entryOf(entry as Row)] : [])
    const isAlone = state.state === 'mined' && row.done === 0
    return { attempt, state: isAlone ? { state: 'failed', reason: FAILED_ALONE } : state }
  }

  /** Transactions that were mined above `block` have to be mined again: those blocks are no longer part of the chain. */
  reopenAbove(block: number): void {
    this.#delay = undefined
    this.#db
      .prepare("UPDATE transactions SET state = 'signed' WHERE state IN ('mined', 'failed', 'replaced') AND head > ?")
      .run(block)
  }
}

function stateOf(entries: readonly OutboxEntry[]): AttemptState {
  if (entries.length === 0) return { state: 'none' }
  if (entries.some(({ state }) => state === 'signed')) return { state: 'pending' }
  const broken = entries.findLast(({ state }) => state !== 'mined')
  if (!broken) return { state: 'mined' }
  return { state: 'failed', reason: broken.reason ?? `its transaction was ${broken.state}` }
}

function entryOf(row: Row): OutboxEntry {
  return { ...(row as unknown as OutboxEntry), guid: guidOf(String(row.guid)) }
}
