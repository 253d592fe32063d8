import type { DatabaseSync } from 'node:sqlite'
import { type Guid, parseJson, stringifyJson } from '@polyswarm/protocol'
import type { Address } from 'viem'
import { getAddress } from 'viem/utils'
import { JournalError, JournalLockedError, JournalWriteError } from '../../errors.js'
import { lockBeside, makeDatabasePrivate, openDatabase } from '../files/private-database.js'
import { checkMarket, checkRelay, type MarketPin } from '../market/market.js'
import type { ActionKind } from '../market/market-action.js'
import { AnswerBook } from './answer-book.js'
import { BountyBook } from './bounty-book.js'
import { DutyLog } from './duty-log.js'
import { FindingHistory } from './finding-history.js'
import { HistoryBook } from './history-book.js'
import { JOURNAL_STEPS, JOURNAL_VERSION } from './journal-schema.js'
import { JudgementBook } from './judgement-book.js'
import { Outbox } from './outbox.js'
import { PlannedBounties } from './planned-bounties.js'

/** Whose journal it is. */
export interface JournalOwner {
  account: Address
  role: string
}

/**
 * A participant's memory: one SQLite file that one process at a time holds. Whatever a transaction makes it necessary to
 * know later is committed here, and on the disk, before that transaction leaves the process; and so are the signed bytes of
 * the transaction itself, so that a restart can only ever send the same ones again.
 *
 * What the chain has said needs no such haste: a process that dies leaves it behind, and after a power cut the journal is as
 * it was a little earlier, with the cursor of that time, and hears the rest again. So {@link write} leaves it to the
 * system when the bytes go to the disk, and {@link secure} waits for them, and for all that was written before.
 */
export class Journal {
  readonly path: string
  /** Its files that others could read until it was opened: there are nonces in them. */
  readonly mended: readonly string[]
  /** Bounties and what this participant has decided and done on them. */
  readonly bounties: BountyBook
  /** Bounties that this participant means to post. */
  readonly plannedBounties: PlannedBounties
  /** What the backends said, what was true, and what rivals bid. */
  readonly findings: FindingHistory
  /** What came out of an ambassador's bounties. */
  readonly answers: AnswerBook
  /** What an arbiter made of artifacts, and how that compares with others. */
  readonly judgements: JudgementBook
  /** How often each duty was tried, and what was missed. */
  readonly duties: DutyLog
  /** Bounties that are over for good. */
  readonly history: HistoryBook
  /** Signed transactions. */
  readonly outbox: Outbox
  readonly #db: DatabaseSync
  readonly #lock: DatabaseSync
  readonly #pins = new Map<string, string | undefined>()
  #depth = 0

  private constructor(path: string, db: DatabaseSync, lock: DatabaseSync, mended: readonly string[]) {
    this.path = path
    this.mended = mended
    this.#db = db
    this.#lock = lock
    this.bounties = new BountyBook(db)
    this.plannedBounties = new PlannedBounties(db)
    this.findings = new FindingHistory(db)
    this.answers = new AnswerBook(db)
    this.judgements = new JudgementBook(db)
    this.duties = new DutyLog(db)
    this.history = new HistoryBook(db)
    this.outbox = new Outbox(db)
  }

  /**
   * Opens a journal, or makes a new one with its folder. Its files are its owner's alone from then on.
   *
   * @throws JournalLockedError while another process holds it.
   * @throws JournalError for a damaged file, another version, account or role, and where others can read it for good.
   */
  static open(path: string, owner: JournalOwner): Journal {
    let lock: DatabaseSync | undefined
    let db: DatabaseSync | undefined
    try {
      const mended = makeDatabasePrivate(path)
      lock = lockBeside(path)
      if (!lock) throw new JournalLockedError({ path })
      db = openDatabase(path)
      // 256 KiB of pages are kept, where SQLite would keep 2,000: the system has the file in memory anyway.
      db.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -256')
      prepareTables(path, db, owner)
      return new Journal(path, db, lock, mended)
    } catch (error) {
      db?.close()
      lock?.close()
      if (error instanceof JournalError || error instanceof JournalLockedError) throw error
      throw new JournalError({ path, reason: (error as Error).message, cause: error })
    }
  }

  /**
   * Runs `work` as one transaction, and returns when all that this journal was ever told is on the disk.
   *
   * @throws TypeError within {@link write}: how a transaction ends is decided where it begins.
   */
  writeDurably<T>(work: () => T): T {
    if (this.#depth > 0) throw new TypeError('A journal is secured from outside of its transactions.')
    this.#db.exec('PRAGMA synchronous = FULL')
    try {
      return this.write(work)
    } finally {
      this.#db.exec('PRAGMA synchronous = NORMAL')
    }
  }

  /**
   * Runs `work` as one transaction: all of it is in the journal when this returns, or nothing of it.
   *
   * @throws JournalWriteError where SQLite cannot write, and what `work` throws.
   */
  write<T>(work: () => T): T {
    if (this.#depth > 0) return work()
    this.#db.exec('BEGIN IMMEDIATE')
    this.#depth++
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      // SQLite has rolled back by itself where the disk is full.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      this.#pins.clear()
      throw isOfSqlite(error) ? new JournalWriteError({ path: this.path, reason: error.message, cause: error }) : error
    } finally {
      this.#depth--
    }
  }

  /** Cursor of the last event whose effects are in this journal; undefined before the first. */
  get cursor(): string | undefined {
    return this.#pin('cursor')
  }

  set cursor(cursor: string) {
    this.#setPin('cursor', cursor)
  }

  /** The newest block that the event stream has reported. */
  get head(): number {
    return Number(this.#pin('head') ?? 0)
  }

  set head(block: number) {
    this.#setPin('head', String(block))
  }

  /**
   * After the market was deprecated for good in `block`: the head from which on nothing is at stake any more, and the whole
   * stake can be withdrawn. Undefined while the market goes on.
   */
  get stakeFreeAt(): { block: number; head: number } | undefined {
    const text = this.#pin('stake-free-at')
    return text ? (parseJson(text) as { block: number; head: number }) : undefined
  }

  set stakeFreeAt(value: { block: number; head: number } | undefined) {
    this.#setPin('stake-free-at', value ? stringifyJson(value) : '')
  }

  /** Blocks from the posting of the longest possible bounty until its vote is over; 0 while nobody has asked. */
  get longestBounty(): number {
    return Number(this.#pin('longest-bounty') ?? 0)
  }

  set longestBounty(blocks: number) {
    this.#setPin('longest-bounty', String(blocks))
  }

  /** What the registry may still take by a standing approval that this journal's account gave, in base units. */
  get allowance(): bigint {
    return BigInt(this.#pin('allowance') ?? 0)
  }

  set allowance(value: bigint) {
    this.#setPin('allowance', value.toString())
  }

  /** What was begun with the account's money and whose end nobody was told; undefined where there is nothing. */
  get untold(): { guid: Guid; kind: ActionKind } | undefined {
    const text = this.#pin('untold')
    return text ? (parseJson(text) as { guid: Guid; kind: ActionKind }) : undefined
  }

  set untold(value: { guid: Guid; kind: ActionKind } | undefined) {
    this.#setPin('untold', value ? stringifyJson(value) : '')
  }

  /** The market that this journal's account signs for; undefined until {@link pinMarket}. */
  get market(): MarketPin | undefined {
    const text = this.#pin('market')
    if (text === undefined) return undefined
    const { chainId, nectarToken, arbiterStaking, bountyRegistry, keeper, relay } = parseJson(text) as Record<
      string,
      string
    >
    return {
      chainId: Number(chainId),
      nectarToken: getAddress(nectarToken ?? ''),
      arbiterStaking: getAddress(arbiterStaking ?? ''),
      bountyRegistry: getAddress(bountyRegistry ?? ''),
      ...(keeper !== undefined && { keeper: getAddress(keeper) }),
      ...(relay !== undefined && { relay: getAddress(relay) }),
    }
  }

  /**
   * Pins the market for good. A relay that was not known before is pinned with it.
   *
   * @throws MarketMismatchError where another one, or another relay, is pinned.
   */
  pinMarket(market: MarketPin): void {
    const pinned = this.market
    if (pinned) {
      checkMarket(pinned, market)
      checkRelay(pinned, market)
      if (pinned.relay !== undefined || market.relay === undefined) return
    }
    const { relay } = market
    const whole = pinned ? { ...pinned, relay } : market
    this.#setPin('market', stringifyJson({ ...whole, chainId: String(whole.chainId) }))
  }

  /** Takes back all that blocks above `block` said: they are no longer part of the chain. */
  forgetAbove(block: number): void {
    this.bounties.forgetAbove(block)
    // An approval, or what it was used for, may be gone.
    this.allowance = 0n
    if ((this.stakeFreeAt?.block ?? 0) > block) this.stakeFreeAt = undefined
    this.plannedBounties.forgetAbove(block)
    this.duties.forgetAbove(block)
    this.outbox.reopenAbove(block)
  }

  /** Closes the file and lets another process have it. */
  close(): void {
    this.#db.close()
    this.#lock.close()
  }

  /** Nobody else writes to a journal: what was read or written of them once is known. */
  #pin(key: string): string | undefined {
    if (!this.#pins.has(key)) {
      const row = this.#db.prepare('SELECT value FROM pins WHERE key = ?').get(key)
      this.#pins.set(key, row?.value as string | undefined)
    }
    return this.#pins.get(key)
  }

  #setPin(key: string, value: string): void {
    this.#db
      .prepare('INSERT INTO pins (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
      .run(key, value)
    this.#pins.set(key, value)
  }
}

function isOfSqlite(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'
}

/** Sums of amounts for the steps between versions: SQLite's own integers are too small for them. */
function giveSums(db: DatabaseSync): void {
  const sumOf = (bids: string[]): string => bids.reduce((sum, bid) => sum + BigInt(bid), 0n).toString()
  db.function('sum_of_list', { deterministic: true }, (list) => sumOf(parseJson(String(list)) as string[]))
  db.aggregate('sum_of_decimals', {
    start: '0',
    step: (sum: string, value) => sumOf([sum, String(value)]),
  })
}

function prepareTables(path: string, db: DatabaseSync, { account, role }: JournalOwner): void {
  db.exec('BEGIN IMMEDIATE')
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > JOURNAL_VERSION) {
    throw new JournalError({
      path,
      reason: `it has version ${version}, this program writes version ${JOURNAL_VERSION}`,
    })
  }
  giveSums(db)
  for (const step of JOURNAL_STEPS.slice(version)) db.exec(step)
  if (version === 0) {
    const insert = db.prepare('INSERT INTO pins (key, value) VALUES (?, ?)')
    insert.run('account', account)
    insert.run('role', role)
  }
  db.exec(`PRAGMA user_version = ${JOURNAL_VERSION}`)
  db.exec('COMMIT')
  for (const [key, value] of Object.entries({ account, role })) {
    const found = db.prepare('SELECT value FROM pins WHERE key = ?').get(key)?.value
    if (found !== value) throw new JournalError({ path, reason: `it belongs to ${key} ${found}, not ${value}` })
  }
}
