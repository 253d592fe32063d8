import { DatabaseSync } from 'node:sqlite'
import { type Address, getAddress, type Hex } from 'viem'
import { RelayJournalError } from '../errors.js'
import type { RelayedTransfer } from './relayed-transfer.js'

/** From which chain transfers come that are paid on the other. */
export type RelayDirection = 'home' | 'side'

/**
 * Where a transfer stands: `open` until this verifier has approved it, `approved` until that is deep enough on the chain;
 * `refused` where the other relay will not pay it as things are. What is paid for good is forgotten.
 */
export type RelayedState = 'open' | 'approved' | 'refused'

/** A transfer that is not done with. */
export interface KeptTransfer extends RelayedTransfer {
  id: number
  state: RelayedState
  /** Block of the paying chain in which its state was written down. */
  head: number
}

/** How far a chain was read. */
export interface RelayCursor {
  block: number
  hash: Hex
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS relays (direction TEXT PRIMARY KEY, relay TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS cursors (
  direction TEXT PRIMARY KEY,
  block INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS transfers (
  id INTEGER PRIMARY KEY,
  direction TEXT NOT NULL,
  tx TEXT NOT NULL,
  position INTEGER NOT NULL,
  block_hash TEXT NOT NULL,
  block INTEGER NOT NULL,
  destination TEXT NOT NULL,
  amount TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'refused')),
  reason TEXT,
  head INTEGER NOT NULL DEFAULT 0,
  UNIQUE (direction, tx, position)
) STRICT;
CREATE INDEX IF NOT EXISTS transfers_by_state ON transfers (direction, state, id);
CREATE INDEX IF NOT EXISTS refused_transfers ON transfers (direction, head, id) WHERE state = 'refused';
CREATE INDEX IF NOT EXISTS transfers_by_block ON transfers (direction, block);
PRAGMA user_version = 1;
`

/**
 * A verifier's memory: how far each chain was read, in one transaction with what was found there. Losing it costs time and
 * no money: both chains are read again from the beginning, and the relays pay nothing twice.
 */
export class RelayJournal {
  readonly #db: DatabaseSync

  private constructor(db: DatabaseSync) {
    this.#db = db
  }

  /**
   * @param relays by direction, the relay that is watched: a journal is of one market only.
   * @throws RelayJournalError where the file cannot be used.
   */
  static open(path: string, relays: Record<RelayDirection, Address>): RelayJournal {
    let db: DatabaseSync | undefined
    try {
      db = new DatabaseSync(path, { timeout: 5_000 })
      const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
      if (version > 1) throw new Error(`it has version ${version}, this program writes version 1`)
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`)
      for (const [direction, relay] of Object.entries(relays)) {
        db.prepare('INSERT INTO relays VALUES (?, ?) ON CONFLICT DO NOTHING').run(direction, relay)
        const found = db.prepare('SELECT relay FROM relays WHERE direction = ?').get(direction)?.relay
        if (found !== relay) throw new Error(`it is of the ${direction} relay ${found}, not ${relay}`)
      }
      return new RelayJournal(db)
    } catch (cause) {
      db?.close()
      throw new RelayJournalError({ path, reason: (cause as Error).message, cause })
    }
  }

  /** How far a chain was read; undefined before its first block. */
  cursor(direction: RelayDirection): RelayCursor | undefined {
    const row = this.#db.prepare('SELECT block, hash FROM cursors WHERE direction = ?').get(direction)
    return row as unknown as RelayCursor | undefined
  }

  /** Writes down, all or nothing, what was found in blocks up to the cursor. */
  advance(direction: RelayDirection, { block, hash }: RelayCursor, found: readonly RelayedTransfer[]): void {
    this.#write(() => {
      const insert = this.#db.prepare(`INSERT INTO transfers
        (direction, tx, position, block_hash, block, destination, amount, state)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'open') ON CONFLICT (direction, tx, position) DO NOTHING`)
      for (const { transaction, index, blockHash, blockNumber, destination, amount } of found) {
        insert.run(direction, transaction, index, blockHash, blockNumber, destination, String(amount))
      }
      this.#setCursor(direction, { block, hash })
    })
  }

  /** The chain went another way after a block: what was found later is found again, if it still is there. */
  stepBack(direction: RelayDirection, cursor: RelayCursor): void {
    this.#write(() => {
      this.#db.prepare('DELETE FROM transfers WHERE direction = ? AND block > ?').run(direction, cursor.block)
      this.#setCursor(direction, cursor)
    })
  }

  /** Transfers in one state, the oldest first. */
  transfers(direction: RelayDirection, state: RelayedState, most: number): KeptTransfer[] {
    const rows = this.#db.prepare('SELECT * FROM transfers WHERE direction = ? AND state = ? ORDER BY id LIMIT ?')
    return rows.all(direction, state, most).map((row) => ({
      id: Number(row.id),
      state,
      head: Number(row.head),
      transaction: row.tx as Hex,
      index: Number(row.position),
      blockHash: row.block_hash as Hex,
      blockNumber: Number(row.block),
      destination: getAddress(row.destination as Address),
      amount: BigInt(row.amount as string),
    }))
  }

  /** Writes a transfer's new state down. */
  setState(id: number, state: RelayedState, head: number, reason: string | null = null): void {
    this.#db.prepare('UPDATE transfers SET state = ?, head = ?, reason = ? WHERE id = ?').run(state, head, reason, id)
  }

  /** What was refused longest ago is tried again: the fee may have fallen, or the relay have more to pay from. */
  reconsider(direction: RelayDirection, most: number): void {
    this.#db
      .prepare(`UPDATE transfers SET state = 'open' WHERE id IN
        (SELECT id FROM transfers WHERE direction = ? AND state = 'refused' ORDER BY head, id LIMIT ?)`)
      .run(direction, most)
  }

  /** A transfer is paid for good. */
  forget(id: number): void {
    this.#db.prepare('DELETE FROM transfers WHERE id = ?').run(id)
  }

  close(): void {
    this.#db.close()
  }

  #setCursor(direction: RelayDirection, { block, hash }: RelayCursor): void {
    this.#db
      .prepare(`INSERT INTO cursors VALUES (?1, ?2, ?3)
        ON CONFLICT (direction) DO UPDATE SET block = excluded.block, hash = excluded.hash`)
      .run(direction, block, hash)
  }

  #write(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }
}
