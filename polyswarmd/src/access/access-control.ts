import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RefusalError, TooManyRequestsError } from '../api/refusal.js'
import { BytesInFlight } from './bytes-in-flight.js'
import { placeOf } from './caller-place.js'
import type { ApiKey, KeyFile } from './key-file.js'
import { RequestBudget } from './request-budget.js'

/** Who asks, and what they may do. */
export interface Caller {
  /** Null for somebody without a key. */
  key: ApiKey | null
  /** In bytes. */
  maxArtifactSize: number
}

/** Who may ask. */
export interface AccessOptions {
  /** Where keys are required, the file that has them; null where nobody needs one. */
  keys: KeyFile | null
  /** Of somebody without a key, in bytes; nobody's key exceeds it. */
  maxArtifactSize: number
  /** A clock in ms that never goes back. */
  now(): number
}

/**
 * Paths that need no key, with or without a slash at the end. `/status`, `/relay/withdrawal` and `/transactions` are those of the original: whoever lost a
 * key must be able to get money out.
 */
const OPEN_PATHS = new Set([
  '/',
  '/status',
  '/relay/withdrawal',
  '/transactions',
  '/health',
  '/ready',
  '/openapi.json',
  '/docs',
])

/** Requests a minute from one address that has no key. */
const KEYLESS_REQUESTS = 60

/** How long to wait before a transfer is tried again that did not fit beside others, in seconds. */
const TRANSFER_PAUSE = 1

/** Keys and their limits. Where none are required it lets everybody do everything. */
export class AccessControl {
  readonly #options: AccessOptions
  readonly #callers = new WeakMap<FastifyRequest, Caller>()
  readonly #requests: RequestBudget
  readonly #strangers: RequestBudget
  readonly #bytes = new BytesInFlight()

  constructor(options: AccessOptions) {
    this.#options = options
    this.#requests = new RequestBudget(options.now)
    this.#strangers = new RequestBudget(options.now)
  }

  /** Whether keys are required. */
  get required(): boolean {
    return this.#options.keys !== null
  }

  /** Lets in, from now on, only who may: unknown paths and WebSockets included. */
  guard(app: FastifyInstance): void {
    app.addHook('onRequest', (request, _reply, done) => {
      this.#admit(request)
      done()
    })
  }

  /** Who sent a request. */
  callerOf(request: FastifyRequest): Caller {
    return this.#callers.get(request) ?? { key: null, maxArtifactSize: this.#options.maxArtifactSize }
  }

  /** Whether keys are required and a request came without one. */
  isKeyless(request: FastifyRequest): boolean {
    return this.required && this.callerOf(request).key === null
  }

  /**
   * Counts bytes of a transfer until its answer is through.
   *
   * @throws TooManyRequestsError where the caller has as much under way as its key allows.
   */
  transfer(request: FastifyRequest, reply: FastifyReply, bytes: number): void {
    const { key } = this.callerOf(request)
    if (!key || bytes === 0) return
    const end = this.#bytes.begin(key.id, bytes, key.bytesInFlight)
    if (!end) throw new TooManyRequestsError({ retryAfter: TRANSFER_PAUSE })
    reply.raw.once('close', end)
  }

  #admit(request: FastifyRequest): void {
    const { keys, maxArtifactSize } = this.#options
    if (!keys) return
    const text = request.headers.authorization?.trim().split(/\s+/).at(-1)
    const key = text ? keys.find(text) : null
    const path = request.url.split('?', 1)[0] ?? ''
    const open = OPEN_PATHS.has(path.replace(/(?<=.)\/$/, ''))
    // Whoever guesses keys is counted as well.
    const caller = key
      ? { name: key.id, limit: key.requestsPerMinute }
      : { name: placeOf(request.ip), limit: KEYLESS_REQUESTS }
    // Strangers, who can have any number of addresses, push no key's count out.
    const budget = key ? this.#requests : this.#strangers
    const retryAfter = budget.take(caller.name, caller.limit)
    if (retryAfter > 0) throw new TooManyRequestsError({ retryAfter })
    if (!key && !open) throw new RefusalError('UNAUTHORIZED')
    this.#callers.set(request, {
      key,
      maxArtifactSize: Math.min(key?.maxArtifactSize ?? maxArtifactSize, maxArtifactSize),
    })
  }
}
