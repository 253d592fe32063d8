import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { statSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type Guid, stringifyJson } from '@polyswarm/protocol'
import type { Address, Hex } from 'viem'
import { LedgerDamagedError, LedgerMismatchError } from '../errors.js'
import { eventOf } from './event-data.js'
import { forgetBounty, forgetBurned, oldBounties } from './forgotten-bounties.js'
import type { ChainBlock } from './market-record.js'
import { setOldLedgerAside } from './old-ledger.js'
import { type RecordWriter, recordWriter } from './record-writer.js'
import { ADDITIONS, SCHEMA, SCHEMA_VERSION, TABLES_OF_BLOCKS } from './schema.js'

/** What makes a chain the one that a ledger was kept for. */
export interface LedgerIdentity {
  chainId: number
  bountyRegistry: Address
  /** Absent where the market has no offers. */
  offerRegistry?: Address | undefined
  genesisHash: Hex
}

/** One entry of the ordered log. `data` is JSON text in the shape of `/events`. */
export interface LogEntry {
  position: number
  blockNumber: number
  event: string
  data: string
  txhash: string | null
}

/** A block that the ledger has read. */
export interface KnownBlock {
  number: number
  hash: Hex
}

/**
 * Blocks behind the head whose rows are kept although the market said nothing in them. Older ones go: what an empty block
 * tells, that the head passed it, every later block tells as well, and no re-org is that deep.
 */
const EMPTY_BLOCKS_KEPT = 10_000

/** Bytes of a ledger that is looked through when it is opened: that takes less than a second. */
const MOST_CHECKED = 64 * 1024 * 1024

/** Empty blocks are dropped once in so many. */
const COMPACTION_INTERVAL = 1_000

/**
 * What one chain said, in SQLite: an append-only, ordered log of events and the bounties that follow from it. Blocks are
 * written whole, with the head they move, or not at all. Emits `appended` after each such transaction.
 */
export class Ledger extends EventEmitter<{ appended: [] }> {
  /** Random, made with the file; the first part of every cursor. */
  readonly id: string
  /** The database, for readers. */
  readonly db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #write: RecordWriter
  readonly #insertBlock: StatementSync
  readonly #insertEntry: StatementSync
  readonly #selectEntries: StatementSync
  readonly #selectChannelEntries: StatementSync
  readonly #selectHead: StatementSync
  #lastPosition: number
  #head: KnownBlock | null
  #forgottenPosition: number

  private constructor(db: DatabaseSync, id: string) {
    super()
    this.setMaxListeners(0)
    this.db = db
    this.id = id
    this.#write = recordWriter(db)
    this.#insertBlock = db.prepare('INSERT INTO blocks (number, hash) VALUES (?, ?)')
    this.#insertEntry = db.prepare(
      'INSERT INTO log (block_number, event, data, txhash, channel) VALUES (?, ?, ?, ?, ?)',
    )
    this.#selectEntries = db.prepare(
      `SELECT position, block_number AS blockNumber, event, data, txhash FROM log
       WHERE position > ? AND channel IS NULL ORDER BY position LIMIT ?`,
    )
    const columns = 'position, block_number AS blockNumber, event, data, txhash'
    this.#selectChannelEntries = db.prepare(
      `SELECT ${columns} FROM log WHERE channel = ? AND position > ?
       UNION ALL SELECT ${columns} FROM log WHERE event = 'reorg' AND position > ? ORDER BY position LIMIT ?`,
    )
    this.#selectHead = db.prepare('SELECT number, hash FROM blocks ORDER BY number DESC LIMIT 1')
    this.#lastPosition = (db.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').get('log')?.seq as number) ?? 0
    this.#head = this.#readHead()
    this.#forgottenPosition = Number(db.prepare('SELECT max(position) AS position FROM forgotten').get()?.position ?? 0)
  }

  /**
   * Opens a ledger, or makes it. One that an earlier version wrote is set aside, for the chain to be read again.
   *
   * @throws LedgerMismatchError where the file was kept for another chain, registry or genesis.
   * @throws LedgerDamagedError where SQLite cannot read it or a later version wrote it.
   */
  static open(file: string, identity: LedgerIdentity): Ledger {
    let db: DatabaseSync | undefined
    try {
      setOldLedgerAside(file)
      db = new DatabaseSync(file)
      db.exec('PRAGMA journal_mode = WAL')
      // A cursor once handed out must mean the same place for ever. With NORMAL, a power cut could take positions back
      // that clients hold already, and a re-org meanwhile would give them to other events. FULL costs an fsync a block.
      db.exec('PRAGMA synchronous = FULL')
      // 32 MiB: the indexes by guid are written all over, and should not go through the disk for that.
      db.exec('PRAGMA cache_size = -32000')
      // Pages of the write-ahead log, 128 MiB, that are moved to the database at a time: the more, the seldomer is a page
      // moved twice. Its file shrinks again afterwards.
      db.exec('PRAGMA wal_autocheckpoint = 32000')
      db.exec(`PRAGMA journal_size_limit = ${32 * 1024 * 1024}`)
      const id = prepareTables(db, file, identity)
      db.exec(ADDITIONS)
      return new Ledger(db, id)
    } catch (error) {
      db?.close()
      if (error instanceof LedgerMismatchError || error instanceof LedgerDamagedError) throw error
      throw new LedgerDamagedError({ file, reason: `SQLite says "${(error as Error).message}"`, cause: error })
    }
  }

  /** A statement of the program's own, for readers that are called often: it is prepared once. */
  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  /** Position of the latest entry; 0 where there never was one. */
  get lastPosition(): number {
    return this.#lastPosition
  }

  /** Position up to which entries of the log are gone, with the bounties that they were about; 0 where all is there. */
  get forgottenPosition(): number {
    return this.#forgottenPosition
  }

  /** The latest block that was read. */
  get head(): KnownBlock | null {
    return this.#head
  }

  /**
   * Forgets bounties that were over for good after block `before`, with what the log says of them.
   *
   * @param limit how many at most.
   * @returns how many there were.
   */
  forget(before: number, limit: number): number {
    const guids = oldBounties(this, before, limit)
    if (guids.length === 0) return 0
    this.#atomic(() => {
      const last = Math.max(...guids.map((guid) => forgetBounty(this, guid)))
      forgetBurned(this, before, limit)
      this.#forgottenPosition = Math.max(this.#forgottenPosition, last)
      this.db.prepare('DELETE FROM forgotten').run()
      this.db.prepare('INSERT INTO forgotten VALUES (?)').run(this.#forgottenPosition)
    })
    return guids.length
  }

  /** Writes blocks, in order, with the head they lead to, in one transaction. */
  append(blocks: readonly ChainBlock[]): void {
    if (blocks.length === 0) return
    this.#transaction(() => {
      for (const block of blocks) {
        this.#insertBlock.run(block.number, block.hash)
        for (const source of block.records) {
          this.#write(source, block.number)
          const event = eventOf(source.record)
          if (event) {
            this.#log(block.number, event.event, stringifyJson(event.data), source.txhash, event.channel)
          }
        }
        this.#log(block.number, 'block', blockData(block), null)
        if (block.number % COMPACTION_INTERVAL === 0) this.#compact(block.number - EMPTY_BLOCKS_KEPT)
      }
    })
  }

  /**
   * Takes back all blocks above `number` and what they said, and says so in the log. Positions are never given twice.
   *
   * @param number the last block that is still part of the chain; -1 for none.
   */
  rollback(number: number): void {
    this.#transaction(() => {
      // From the end: with the plus sign not by an index, all of which would have to be sorted.
      for (const table of TABLES_OF_BLOCKS) {
        this.db
          .prepare(
            `DELETE FROM ${table} WHERE rowid > COALESCE(
               (SELECT rowid FROM ${table} WHERE +block_number <= ? ORDER BY rowid DESC LIMIT 1), 0)`,
          )
          .run(number)
      }
      this.db.prepare('DELETE FROM blocks WHERE number > ?').run(number)
      const last = Math.max(number, 0)
      this.#log(last, 'reorg', `{"number":${last}}`, null)
    })
  }

  /**
   * Entries after a position, in order.
   *
   * @param limit how many at most.
   * @param length of data after which no further one is read: the last may be longer than that by itself.
   */
  entriesAfter(position: number, limit: number, length = Number.POSITIVE_INFINITY): LogEntry[] {
    const entries: LogEntry[] = []
    let read = 0
    for (const row of this.#selectEntries.iterate(position, limit)) {
      const entry = row as unknown as LogEntry
      entries.push(entry)
      read += entry.data.length
      if (read >= length) break
    }
    return entries
  }

  /** Entries after a position that belong to one offer channel, and re-orgs, in order. */
  channelEntriesAfter(channel: Guid, position: number, limit: number): LogEntry[] {
    return this.#selectChannelEntries.all(channel, position, position, limit) as unknown as LogEntry[]
  }

  /** Blocks whose hashes are known, oldest first. */
  knownBlocks(): KnownBlock[] {
    return this.db.prepare('SELECT number, hash FROM blocks ORDER BY number').all() as unknown as KnownBlock[]
  }

  /** Closes the file; nothing can be read afterwards. */
  close(): void {
    this.removeAllListeners()
    this.db.close()
  }

  #log(block: number, event: string, data: string, txhash: string | null, channel: Guid | null = null): void {
    this.#lastPosition = Number(this.#insertEntry.run(block, event, data, txhash, channel).lastInsertRowid)
  }

  /** Drops what tells nothing of blocks below a number. What is older than the oldest block that is kept, was gone through. */
  #compact(below: number): void {
    this.db
      .prepare(
        `DELETE FROM log WHERE event = 'block'
         AND block_number >= (SELECT MIN(number) FROM blocks) AND block_number < ?
         AND NOT EXISTS (SELECT 1 FROM log other
           WHERE other.block_number = log.block_number AND other.event NOT IN ('block', 'reorg'))`,
      )
      .run(below)
    this.db.prepare('DELETE FROM blocks WHERE number < ?').run(below)
  }

  #transaction(work: () => void): void {
    const position = this.#lastPosition
    try {
      this.#atomic(work)
    } catch (error) {
      this.#lastPosition = position
      throw error
    }
    this.#head = this.#readHead()
    this.emit('appended')
  }

  #atomic(work: () => void): void {
    this.db.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.db.exec('COMMIT')
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK')
      throw error
    }
  }

  #readHead(): KnownBlock | null {
    const row = this.#selectHead.get()
    return (row as unknown as KnownBlock | undefined) ?? null
  }
}

function blockData({ number, baseFee }: ChainBlock): string {
  return baseFee == null ? `{"number":${number}}` : `{"number":${number},"base_fee":"${baseFee}"}`
}

/** Makes the tables of a new file, or checks that an old one belongs here. Returns the ledger's id. */
function prepareTables(db: DatabaseSync, file: string, identity: LedgerIdentity): string {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  const { chainId, bountyRegistry, offerRegistry = 'none', genesisHash } = identity
  if (version === 0) {
    const id = randomBytes(8).toString('hex')
    db.exec('BEGIN IMMEDIATE')
    db.exec(SCHEMA)
    db.prepare('INSERT INTO ledger VALUES (?, ?, ?, ?, ?)').run(id, chainId, bountyRegistry, offerRegistry, genesisHash)
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
    db.exec('COMMIT')
    return id
  }
  if (version !== SCHEMA_VERSION) {
    throw new LedgerDamagedError({ file, reason: `it has version ${version}, this program reads ${SCHEMA_VERSION}` })
  }
  // It reads the whole file: one that is long in use is believed until something in it cannot be read.
  const check = statSync(file).size > MOST_CHECKED ? 'ok' : db.prepare('PRAGMA quick_check(1)').get()?.quick_check
  if (check !== 'ok') throw new LedgerDamagedError({ file, reason: `SQLite says "${check}"` })
  const row = db.prepare('SELECT * FROM ledger').get()
  if (!row) throw new LedgerDamagedError({ file, reason: 'it does not say which chain it belongs to' })
  const fields = [
    ['chain id', String(chainId), String(row.chain_id)],
    ['bounty registry', bountyRegistry, String(row.bounty_registry)],
    ['offer registry', offerRegistry, String(row.offer_registry)],
    ['genesis block', genesisHash, String(row.genesis_hash)],
  ] as const
  for (const [field, expected, actual] of fields) {
    if (expected !== actual) throw new LedgerMismatchError({ file, field, expected, actual })
  }
  return String(row.id)
}
