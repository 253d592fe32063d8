import { DatabaseSync } from 'node:sqlite'
import { isContentAddress } from '@polyswarm/protocol'
import type { Logger } from 'pino'
import type { Ledger } from '../ledger/ledger.js'
import { endedBounties, isNamedAfter, type NamedContent, namesAfter, namesOf } from '../ledger/named-content.js'
import type { ArtifactStore } from './artifact-store.js'

/** What a keeper works with. */
export interface PinKeeperOptions {
  store: ArtifactStore
  /** The ledgers of all chains: what one of them still needs is kept. */
  ledgers: readonly Ledger[]
  /** Where it remembers how far it has come. */
  file: string
  /** Blocks after the end of a bounty for which its artifacts are kept. */
  keptBlocks: number
  log: Logger
}

/** How many blocks are looked at in one go. */
const STEP = 1_000

/** After so many blocks in which no bounty became old, it is remembered that they were looked at. */
const QUIET = 100

/**
 * Gives up the artifacts and documents of bounties that have been over for some blocks. What a bounty that is not over
 * for so long names, itself or as part of a directory, is kept; so is what was uploaded again after the last bounty
 * that names it was posted.
 */
export class PinKeeper {
  readonly #options: PinKeeperOptions
  readonly #db: DatabaseSync
  #running: Promise<void> | null = null
  #stopped = false

  constructor(options: PinKeeperOptions) {
    this.#options = options
    this.#db = new DatabaseSync(options.file)
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS looked_at (ledger TEXT PRIMARY KEY, block INTEGER NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS uploads (uri TEXT NOT NULL, ledger TEXT NOT NULL, block INTEGER NOT NULL,
        PRIMARY KEY (uri, ledger)) STRICT;`)
    for (const ledger of options.ledgers) ledger.on('appended', () => this.#wake())
  }

  /** Takes down that something was stored just now: a bounty that is posted from now on may name it. */
  uploaded(uri: string): void {
    for (const { id, head } of this.#options.ledgers) {
      this.#db.prepare('INSERT OR REPLACE INTO uploads VALUES (?, ?, ?)').run(uri, id, head?.number ?? -1)
    }
  }

  /** The last block of a ledger whose ended bounties were seen to; -1 before the first. */
  lookedAt({ id }: Ledger): number {
    return Number(this.#db.prepare('SELECT block FROM looked_at WHERE ledger = ?').get(id)?.block ?? -1)
  }

  /** Waits until everything that can be given up now is given up. */
  async settled(): Promise<void> {
    this.#wake()
    await this.#running
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
    this.#db.close()
  }

  #wake(): void {
    if (this.#stopped) return
    this.#running ??= this.#work()
      .catch((error) => this.#options.log.error({ err: error }, 'artifacts could not be given up; trying again'))
      .finally(() => {
        this.#running = null
      })
  }

  async #work(): Promise<void> {
    for (const ledger of this.#options.ledgers) {
      while (!this.#stopped && (await this.#lookAt(ledger)));
    }
  }

  /** Looks at bounties that have become old since the last time. Returns whether there may be more. */
  async #lookAt(ledger: Ledger): Promise<boolean> {
    const from = this.lookedAt(ledger)
    const to = Math.min(this.#oldBlock(ledger), from + STEP)
    if (to <= from) return false
    const ended = endedBounties(ledger, from, to)
    // Nothing to remember yet: looking at a few blocks once more costs less than writing with every block.
    if (ended.length === 0 && to - from < QUIET) return false
    if (ended.length > 0) await this.#keepPartsOfOthers()
    for (const guid of ended) {
      for (const content of namesOf(ledger, guid)) await this.#giveUp(ledger, content)
      if (this.#stopped) return false
    }
    this.#db.prepare('INSERT OR REPLACE INTO looked_at VALUES (?, ?)').run(ledger.id, to)
    return true
  }

  /** Bounties whose last window ended up to this block are over for long enough. */
  #oldBlock({ head }: Ledger): number {
    return (head?.number ?? -1) - this.#options.keptBlocks
  }

  /** What other bounties name may be part of a directory that is given up. */
  async #keepPartsOfOthers(): Promise<void> {
    for (const ledger of this.#options.ledgers) {
      for (const name of namesAfter(ledger, this.#oldBlock(ledger))) {
        if (isContentAddress(name)) await this.#options.store.pin(name)
      }
    }
  }

  async #giveUp({ id }: Ledger, { name, block }: NamedContent): Promise<void> {
    const { store, ledgers, log } = this.#options
    if (!isContentAddress(name)) return
    // What was uploaded before the bounty was posted was meant for it; what came later is for another.
    const upload = this.#db.prepare('SELECT block FROM uploads WHERE uri = ? AND ledger = ?').get(name, id)
    if (upload !== undefined) {
      if (Number(upload.block) >= block) return
      this.#db.prepare('DELETE FROM uploads WHERE uri = ?').run(name)
    }
    if (ledgers.some((ledger) => isNamedAfter(ledger, name, this.#oldBlock(ledger)))) return
    await store.unpin(name)
    log.debug({ uri: name }, 'given up: every bounty that names it is over')
  }
}
