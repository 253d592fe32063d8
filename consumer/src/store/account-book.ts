import { createHash, randomBytes } from 'node:crypto'
import { BudgetExceededError, ConsumerAccountUnknownError, TooManyKeysError } from '../errors.js'
import { type Database, numberOf, type Row } from './database.js'

/** Whose submissions are counted and paid for together. */
export interface ConsumerAccount {
  id: number
  name: string
  /** Milliseconds since 1970. */
  created: number
  /** Submissions within an hour; null for no limit. */
  submissionsPerHour: number | null
  /** In base units, for all time; null for no limit of its own. */
  budget: bigint | null
  /** In base units; what is under way counts with what it may cost at most. */
  spent: bigint
}

/** A key of an account; the key itself is known to its holder only. */
export interface ConsumerKey {
  id: string
  account: string
  /** Milliseconds since 1970. */
  created: number
  /** Null while the key is good. */
  revoked: number | null
}

/** Keys that are good which an account can have. */
const MOST_KEYS = 10

/** The account of whoever asks a service that wants no keys. */
export const LOCAL_ACCOUNT = 'local'

/** Accounts, their keys, and what is spent. */
export class AccountBook {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** An account by its name, which is made where there is none. */
  async named(
    name: string,
    limits: Pick<ConsumerAccount, 'submissionsPerHour' | 'budget'>,
    now: number,
  ): Promise<ConsumerAccount> {
    const known = await this.#db.get('SELECT * FROM accounts WHERE name = ?', name)
    if (known) return accountOf(known)
    const { submissionsPerHour, budget } = limits
    return this.#db.transaction(async () => {
      await this.#db.run(
        `INSERT INTO accounts (name, created, submissions_per_hour, budget) VALUES (?, ?, ?, ?)
          ON CONFLICT (name) DO NOTHING`,
        ...[name, now, submissionsPerHour, budget?.toString() ?? null],
      )
      return accountOf((await this.#db.get('SELECT * FROM accounts WHERE name = ?', name)) ?? {})
    })
  }

  /** @throws ConsumerAccountUnknownError where there is none. */
  async get(id: number): Promise<ConsumerAccount> {
    const row = await this.#db.get('SELECT * FROM accounts WHERE id = ?', id)
    if (!row) throw new ConsumerAccountUnknownError({ name: String(id) })
    return accountOf(row)
  }

  /** Changes an account's limits. @throws ConsumerAccountUnknownError where there is none. */
  async limit(name: string, limits: Partial<Pick<ConsumerAccount, 'submissionsPerHour' | 'budget'>>): Promise<void> {
    const row = await this.#db.get('SELECT * FROM accounts WHERE name = ?', name)
    if (!row) throw new ConsumerAccountUnknownError({ name })
    const { submissionsPerHour, budget } = { ...accountOf(row), ...limits }
    await this.#db.run(
      'UPDATE accounts SET submissions_per_hour = ?, budget = ? WHERE name = ?',
      ...[submissionsPerHour, budget?.toString() ?? null, name],
    )
  }

  /** All accounts, the oldest first. */
  async list(): Promise<ConsumerAccount[]> {
    return (await this.#db.all('SELECT * FROM accounts ORDER BY id')).map(accountOf)
  }

  /** Makes a key for an account and returns it: this once, since only its hash is kept. */
  async addKey(account: number, now: number): Promise<{ id: string; key: string }> {
    const id = randomBytes(4).toString('hex')
    const key = `psc_${randomBytes(32).toString('base64url')}`
    await this.#db.run('INSERT INTO keys VALUES (?, ?, ?, ?, NULL)', id, hashOf(key), account, now)
    return { id, key }
  }

  /** The account of a key; undefined where the key is none, or was revoked. */
  async ofKey(key: string): Promise<ConsumerAccount | undefined> {
    const row = await this.#db.get(
      'SELECT a.* FROM keys k JOIN accounts a ON a.id = k.account WHERE k.hash = ? AND k.revoked IS NULL',
      hashOf(key),
    )
    return row && accountOf(row)
  }

  /** All keys, the oldest first. */
  async keys(): Promise<ConsumerKey[]> {
    const rows = await this.#db.all(
      'SELECT k.id, a.name AS account, k.created, k.revoked FROM keys k JOIN accounts a ON a.id = k.account ORDER BY k.created',
    )
    return rows.map(({ id, account, created, revoked }) => ({
      ...{ id: String(id), account: String(account), created: Number(created) },
      revoked: revoked === null ? null : Number(revoked),
    }))
  }

  /**
   * The keys of one account that are good, the oldest first.
   *
   * @param key the one that is asked with; its row is `isUsed`.
   */
  async keysOf(account: number, key: string): Promise<{ id: string; created: number; isUsed: boolean }[]> {
    const rows = await this.#db.all(
      'SELECT id, hash, created FROM keys WHERE account = ? AND revoked IS NULL ORDER BY created, id',
      account,
    )
    return rows.map(({ id, hash, created }) => ({
      ...{ id: String(id), created: Number(created), isUsed: hash === hashOf(key) },
    }))
  }

  /** Makes another key for whoever has one. @throws TooManyKeysError where there are as many as there can be. */
  async addOwnKey(account: number, now: number): Promise<{ id: string; key: string }> {
    const good = await this.keysOf(account, '')
    if (good.length >= MOST_KEYS) throw new TooManyKeysError({ most: MOST_KEYS })
    return this.addKey(account, now)
  }

  /**
   * Makes a key of an account worthless, from the next request on, and forgets it: who makes and revokes keys fills nothing.
   *
   * @returns whether there was one.
   */
  async forgetKey(account: number, id: string): Promise<boolean> {
    return (await this.#db.run('DELETE FROM keys WHERE account = ? AND id = ? AND revoked IS NULL', account, id)) > 0
  }

  /** Makes a key worthless, from the next request on. @throws ConsumerAccountUnknownError where there is none. */
  async revoke(id: string, now: number): Promise<void> {
    const changed = await this.#db.run('UPDATE keys SET revoked = ? WHERE id = ? AND revoked IS NULL', now, id)
    if (changed === 0) throw new ConsumerAccountUnknownError({ name: id })
  }

  /** What all accounts together have spent, in base units. */
  async spentInAll(): Promise<bigint> {
    return BigInt(String((await this.#db.get("SELECT value FROM facts WHERE name = 'spent'"))?.value))
  }

  /**
   * Takes an amount from the budgets of an account and of the service.
   *
   * @throws BudgetExceededError where either does not cover it; nothing is taken then.
   */
  async spend(id: number, amount: bigint, inAll: bigint | null): Promise<void> {
    const { name, budget, spent } = await this.get(id)
    if (budget !== null && spent + amount > budget) {
      throw new BudgetExceededError({ whose: `account ${name}`, price: amount, left: least(budget - spent) })
    }
    const all = await this.spentInAll()
    if (inAll !== null && all + amount > inAll) {
      throw new BudgetExceededError({ whose: 'this service', price: amount, left: least(inAll - all) })
    }
    await this.#set(id, spent + amount, all + amount)
  }

  /** Gives back what was taken and not needed. */
  async giveBack(id: number, amount: bigint): Promise<void> {
    const { spent } = await this.get(id)
    await this.#set(id, spent - amount, (await this.spentInAll()) - amount)
  }

  async #set(id: number, spent: bigint, all: bigint): Promise<void> {
    await this.#db.run('UPDATE accounts SET spent = ? WHERE id = ?', spent.toString(), id)
    await this.#db.run("UPDATE facts SET value = ? WHERE name = 'spent'", all.toString())
  }
}

function least(left: bigint): bigint {
  return left < 0n ? 0n : left
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

function accountOf(row: Row): ConsumerAccount {
  return {
    id: Number(row.id),
    name: String(row.name),
    created: Number(row.created),
    submissionsPerHour: numberOf(row.submissions_per_hour),
    budget: row.budget == null ? null : BigInt(row.budget),
    spent: BigInt(row.spent ?? 0),
  }
}
