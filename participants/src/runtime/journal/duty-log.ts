import type { DatabaseSync } from 'node:sqlite'
import type { Guid } from '@polyswarm/protocol'
import type { ActionKind } from '../market/market-action.js'
import { keyOf } from './guid-key.js'

/** How a duty has fared so far. */
export interface DutyRecord {
  attempts: number
  /** The newest block known at the last attempt. */
  lastHead: number
  /** Why the last attempt failed, or why the duty was missed. */
  reason: string | null
  missed: boolean
  /** The newest block known when it was given up; null where it was not. */
  missedHead: number | null
}

/** A duty that can no longer be fulfilled. */
export interface MissedDuty {
  guid: Guid
  kind: ActionKind
  reason: string
}

/** The attempts at each duty of a journal, those that belong to no bounty under null, and what was missed for good. */
export class DutyLog {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  get(guid: Guid | null, kind: ActionKind): DutyRecord {
    const row = this.#db.prepare('SELECT * FROM duties WHERE guid = ? AND kind = ?').get(keyOf(guid), kind)
    if (!row) return { attempts: 0, lastHead: 0, reason: null, missed: false, missedHead: null }
    return {
      attempts: Number(row.attempts),
      lastHead: Number(row.last_head),
      reason: row.reason as string | null,
      missed: row.missed_head !== null,
      missedHead: row.missed_head as number | null,
    }
  }

  /** Counts an attempt. */
  attempt(guid: Guid | null, kind: ActionKind, head: number): void {
    this.#db
      .prepare(`INSERT INTO duties (guid, kind, attempts, last_head) VALUES (?, ?, 1, ?)
        ON CONFLICT (guid, kind) DO UPDATE SET attempts = attempts + 1, last_head = excluded.last_head`)
      .run(keyOf(guid), kind, head)
  }

  /** Writes down why an attempt failed. */
  failed(guid: Guid | null, kind: ActionKind, reason: string): void {
    this.#db.prepare('UPDATE duties SET reason = ? WHERE guid = ? AND kind = ?').run(reason, keyOf(guid), kind)
  }

  /** Writes down that a duty can no longer be fulfilled, and why. */
  miss({ guid, kind, reason }: MissedDuty, head: number): void {
    this.#db
      .prepare(`INSERT INTO duties (guid, kind, reason, missed_head) VALUES (?, ?, ?, ?)
        ON CONFLICT (guid, kind) DO UPDATE SET reason = excluded.reason, missed_head = excluded.missed_head`)
      .run(guid, kind, reason, head)
  }

  /** What was missed of the orders of a batch. */
  missedOf(batch: number): MissedDuty[] {
    const rows = this.#db.prepare(`SELECT d.guid, d.kind, d.reason FROM duties d CROSS JOIN orders o USING (guid)
      WHERE d.missed_head IS NOT NULL AND o.batch = ?`)
    return rows.all(batch) as unknown as MissedDuty[]
  }

  /** What was judged by blocks above `block` is to be judged again. */
  forgetAbove(block: number): void {
    this.#db.prepare('UPDATE duties SET missed_head = NULL WHERE missed_head > ?').run(block)
    this.#db.prepare('UPDATE duties SET last_head = 0, attempts = 0 WHERE last_head > ?').run(block)
  }
}
