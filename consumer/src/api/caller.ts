import type { FastifyRequest } from 'fastify'
import { ConsumerKeyError, QuotaExceededError } from '../errors.js'
import { type ConsumerAccount, LOCAL_ACCOUNT } from '../store/account-book.js'
import type { ConsumerStore } from '../store/consumer-store.js'
import { RequestRate } from './request-rate.js'

/** Who may ask. */
export interface CallersOptions {
  store: ConsumerStore
  /** Whether a key is needed; without one, everybody is the account `local`. */
  keysRequired: boolean
  /** Requests a minute of one account. */
  requestsPerMinute: number
  now(): number
}

/** Requests a minute from one address that has no key that is good. */
const STRANGERS = 60

/** Tells whose a request is, and whether it comes too soon after others. */
export class Callers {
  readonly #options: CallersOptions
  readonly #accounts: RequestRate
  readonly #strangers: RequestRate

  constructor(options: CallersOptions) {
    this.#options = options
    this.#accounts = new RequestRate(() => performance.now())
    this.#strangers = new RequestRate(() => performance.now())
  }

  /**
   * The account that asks.
   *
   * @throws ConsumerKeyError without a key that is good, where one is needed; QuotaExceededError.
   */
  async of(request: FastifyRequest): Promise<ConsumerAccount> {
    const account = await this.#find(request)
    this.count(account)
    return account
  }

  /** Counts a request of an account, however it is known whose it is. @throws QuotaExceededError. */
  count({ id, name }: ConsumerAccount): void {
    const { requestsPerMinute } = this.#options
    const wait = this.#accounts.take(String(id), requestsPerMinute)
    if (wait === 0) return
    const what = `Account ${name} may make ${requestsPerMinute} requests a minute`
    throw new QuotaExceededError({ what, retryAfter: wait })
  }

  /** Lets somebody ask without a key, if not too often. @throws QuotaExceededError. */
  stranger({ ip }: FastifyRequest): void {
    const limit = this.#options.keysRequired ? STRANGERS : this.#options.requestsPerMinute
    const wait = this.#strangers.take(placeOf(ip), limit)
    if (wait > 0)
      throw new QuotaExceededError({ what: `Without a key there are ${limit} requests a minute`, retryAfter: wait })
  }

  async #find(request: FastifyRequest): Promise<ConsumerAccount> {
    const { store, keysRequired, now } = this.#options
    const key = keyOf(request)
    const found = key === '' ? undefined : await store.accounts.ofKey(key)
    if (found) return found
    if (!keysRequired) return store.accounts.named(LOCAL_ACCOUNT, { submissionsPerHour: null, budget: null }, now())
    // Whoever guesses keys is counted.
    this.stranger(request)
    throw new ConsumerKeyError({ given: key !== '' })
  }
}

/** The key of a request, with or without the name of a scheme; empty where there is none. */
export function keyOf({ headers }: Pick<FastifyRequest, 'headers'>): string {
  return headers.authorization?.trim().split(/\s+/).at(-1) ?? ''
}

/** Whoever has one address of IPv6 has 2^64 of them. */
function placeOf(ip: string): string {
  return ip.includes(':') && !ip.startsWith('::ffff:') ? ip.split(':').slice(0, 4).join(':') : ip
}
