import { join } from 'node:path'
import { ConsumerStoreError } from '../errors.js'
import { AccountBook } from './account-book.js'
import { AccuracyBook } from './accuracy-book.js'
import { ArtifactBook } from './artifact-book.js'
import { BountyGroups } from './bounty-groups.js'
import type { Database } from './database.js'
import { EngineBook } from './engine-book.js'
import { SqliteDatabase } from './sqlite-database.js'
import { SubmissionBook } from './submission-book.js'
import { TermBook } from './term-book.js'
import { WebhookBook } from './webhook-book.js'

/** The memory of a consumer service, on the disk before anything that depends on it happens. */
export class ConsumerStore {
  readonly accounts: AccountBook
  readonly artifacts: ArtifactBook
  readonly submissions: SubmissionBook
  readonly bounties: BountyGroups
  readonly engines: EngineBook
  readonly accuracy: AccuracyBook
  readonly terms: TermBook
  readonly webhooks: WebhookBook
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
    this.accounts = new AccountBook(db)
    this.artifacts = new ArtifactBook(db)
    this.submissions = new SubmissionBook(db)
    this.bounties = new BountyGroups(db)
    this.engines = new EngineBook(db)
    this.accuracy = new AccuracyBook(db)
    this.terms = new TermBook(db)
    this.webhooks = new WebhookBook(db)
  }

  /**
   * Opens the memory of a service: an SQLite file in its folder, or a PostgreSQL database.
   *
   * @param database address of the PostgreSQL database; the file without it.
   * @throws ConsumerStoreError where it cannot be used.
   */
  static async open(data: string, database?: string): Promise<ConsumerStore> {
    if (database === undefined) return new ConsumerStore(await SqliteDatabase.open(join(data, 'consumer.sqlite')))
    const { PostgresDatabase } = await import('./postgres-database.js')
    return new ConsumerStore(await PostgresDatabase.open(database))
  }

  /**
   * Runs `work` as one transaction, which is on the disk when this resolves, or has not happened.
   *
   * @throws ConsumerStoreError where the database cannot write, and what `work` throws.
   */
  async write<T>(work: () => Promise<T>): Promise<T> {
    return this.#db.transaction(work)
  }

  /** Keeps other services out. @throws ConsumerStoreError where there is one already. */
  async lock(): Promise<void> {
    if (await this.#db.lock()) return
    throw new ConsumerStoreError({ path: this.#db.name, reason: 'another service uses it: stop that one first' })
  }

  /**
   * Notes whose bounties are written down here, and in which journal.
   *
   * @throws ConsumerStoreError where they are somebody else's: in that journal none of them would be found, and all posted again.
   */
  async pinOwner(owner: string): Promise<void> {
    const known = await this.#fact('owner')
    if (known === undefined) await this.#setFact('owner', owner)
    else if (known !== owner) {
      const reason = `it was begun with ${known}, and this is ${owner}; use another folder (--data), or the same account and journal`
      throw new ConsumerStoreError({ path: this.#db.name, reason })
    }
  }

  /** The market's price for one artifact, as it was last heard of; undefined before that. */
  async price(): Promise<{ reward: bigint; fee: bigint } | undefined> {
    const [reward, fee] = (await this.#fact('price'))?.split(' ') ?? []
    return reward === undefined || fee === undefined ? undefined : { reward: BigInt(reward), fee: BigInt(fee) }
  }

  /** Notes the market's price for one artifact, in base units. */
  async setPrice({ reward, fee }: { reward: bigint; fee: bigint }): Promise<void> {
    const known = await this.price()
    if (known?.reward === reward && known.fee === fee) return
    await this.write(() => this.#setFact('price', `${reward} ${fee}`))
  }

  /** Writes over what was deleted, wherever it still lies. */
  async scrub(): Promise<void> {
    await this.#db.scrub()
  }

  async close(): Promise<void> {
    await this.#db.close()
  }

  async #fact(name: string): Promise<string | undefined> {
    const value = (await this.#db.get('SELECT value FROM facts WHERE name = ?', name))?.value
    return value == null ? undefined : String(value)
  }

  async #setFact(name: string, value: string): Promise<void> {
    await this.#db.run(
      'INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      ...[name, value],
    )
  }
}
