import { createHash, randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { BudgetExceededError, ConsumerAccountUnknownError } from '../errors.js'

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

/** The account of whoever asks a service that wants no keys. */
export const LOCAL_ACCOUNT = 'local'

type Row = Record<string, string | number | null>

/** Accounts, their keys, and what is spent. */
export class AccountBook {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** An account by its name, which is made where there is none. */
  named(name: string, limits: Pick<ConsumerAccount, 'submissionsPerHour' | 'budget'>, now: number): ConsumerAccount {
    const row = this.#db.prepare('SELECT * FROM accounts WHERE name = ? ORDER BY id LIMIT 1').get(name)
    if (row) return accountOf(row as Row)
    const made = this.#db
      .prepare('INSERT INTO accounts (name, created, submissions_per_hour, budget) VALUES (?, ?, ?, ?) RETURNING *')
      .get(name, now, limits.submissionsPerHour, limits.budget?.toString() ?? null)
    return accountOf(made as Row)
  }

  /** @throws ConsumerAccountUnknownError where there is none. */
  get(id: number): ConsumerAccount {
    const row = this.#db.prepare('SELECT * FROM accounts WHERE id = ?').get(id)
    if (!row) throw new ConsumerAccountUnknownError({ name: String(id) })
    return accountOf(row as Row)
  }

  /** Changes an account's limits. @throws ConsumerAccountUnknownError where there is none. */
  limit(name: string, limits: Partial<Pick<ConsumerAccount, 'submissionsPerHour' | 'budget'>>): void {
    const row = this.#db.prepare('SELECT * FROM accounts WHERE name = ?').get(name)
    if (!row) throw new ConsumerAccountUnknownError({ name })
    const { submissionsPerHour, budget } = { ...accountOf(row as Row), ...limits }
    this.#db
      .prepare('UPDATE accounts SET submissions_per_hour = ?, budget = ? WHERE name = ?')
      .run(submissionsPerHour, budget?.toString() ?? null, name)
  }

  /** All accounts, the oldest first. */
  list(): ConsumerAccount[] {
    return (this.#db.prepare('SELECT * FROM accounts ORDER BY id').all() as Row[]).map(accountOf)
  }

  /** Makes a key for an account and returns it: this once, since only its hash is kept. */
  addKey(account: number, now: number): { id: string; key: string } {
    const id = randomBytes(4).toString('hex')
    const key = `psc_${randomBytes(32).toString('base64url')}`
    this.#db.prepare('INSERT INTO keys VALUES (?, ?, ?, ?, NULL)').run(id, hashOf(key), account, now)
    return { id, key }
  }

  /** The account of a key; undefined where the key is none, or was revoked. */
  ofKey(key: string): ConsumerAccount | undefined {
    const row = this.#db
      .prepare('SELECT a.* FROM keys k JOIN accounts a ON a.id = k.account WHERE k.hash = ? AND k.revoked IS NULL')
      .get(hashOf(key))
    return row && accountOf(row as Row)
  }

  /** All keys, the oldest first. */
  keys(): ConsumerKey[] {
    const rows = this.#db.prepare(
      'SELECT k.id, a.name AS account, k.created, k.revoked FROM keys k JOIN accounts a ON a.id = k.account ORDER BY k.created',
    )
    return rows.all() as unknown as ConsumerKey[]
  }

  /** Makes a key worthless, from the next request on. @throws ConsumerAccountUnknownError where there is none. */
  revoke(id: string, now: number): void {
    const { changes } = this.#db.prepare('UPDATE keys SET revoked = ? WHERE id = ? AND revoked IS NULL').run(now, id)
    if (Number(changes) === 0) throw new ConsumerAccountUnknownError({ name: id })
  }

  /** What all accounts together have spent, in base units. */
  get spentInAll(): bigint {
    return BigInt(String(this.#db.prepare("SELECT value FROM facts WHERE name = 'spent'").get()?.value))
  }

  /**
   * Takes an amount from the budgets of an account and of the service.
   *
   * @throws BudgetExceededError where either does not cover it; nothing is taken then.
   */
  spend(id: number, amount: bigint, inAll: bigint | null): void {
    const { name, budget, spent } = this.get(id)
    if (budget !== null && spent + amount > budget) {
      throw new BudgetExceededError({ whose: `account ${name}`, price: amount, left: least(budget - spent) })
    }
    const all = this.spentInAll
    if (inAll !== null && all + amount > inAll) {
      throw new BudgetExceededError({ whose: 'this service', price: amount, left: least(inAll - all) })
    }
    this.#add(id, spent + amount, all + amount)
  }

  /** Gives back what was taken and not needed. */
  giveBack(id: number, amount: bigint): void {
    this.#add(id, this.get(id).spent - amount, this.spentInAll - amount)
  }

  #add(id: number, spent: bigint, all: bigint): void {
    this.#db.prepare('UPDATE accounts SET spent = ? WHERE id = ?').run(spent.toString(), id)
    this.#db.prepare("UPDATE facts SET value = ? WHERE name = 'spent'").run(all.toString())
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
    submissionsPerHour: row.submissions_per_hour as number | null,
    budget: row.budget === null ? null : BigInt(row.budget ?? 0),
    spent: BigInt(row.spent ?? 0),
  }
}
