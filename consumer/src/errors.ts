import { formatNct, PolySwarmError } from '@polyswarm/protocol'

/** The database of a consumer service cannot be used. */
export class ConsumerStoreError extends PolySwarmError {
  readonly code = 'CONSUMER_STORE'
  override readonly status = 503

  constructor({ path, reason, cause }: { path: string; reason: string; cause?: unknown }) {
    super(`Cannot use ${path}: ${reason}.`, { cause })
  }
}

/** A request to the consumer API says something that it must not. */
export class ConsumerRequestError extends PolySwarmError {
  readonly code = 'CONSUMER_REQUEST'

  constructor({ field, reason }: { field: string; reason: string }) {
    super(`${field}: ${reason}.`)
  }
}

/** A request to the consumer API without a key that is good. */
export class ConsumerKeyError extends PolySwarmError {
  readonly code = 'CONSUMER_KEY'
  override readonly status = 401

  constructor({ given }: { given: boolean }) {
    super(
      given
        ? 'This API key is not known here, or was revoked: ask the operator for another.'
        : 'This service asks for an API key: send it in the header Authorization.',
    )
  }
}

/** There is no such account or key. */
export class ConsumerAccountUnknownError extends PolySwarmError {
  readonly code = 'CONSUMER_ACCOUNT_UNKNOWN'
  override readonly status = 404

  constructor({ name }: { name: string }) {
    super(`There is no account or key ${name.slice(0, 80)}: "consumer accounts list" shows what there is.`)
  }
}

/** An account has as many keys as it can have. */
export class TooManyKeysError extends PolySwarmError {
  readonly code = 'TOO_MANY_KEYS'
  override readonly status = 409

  constructor({ most }: { most: number }) {
    super(`This account has ${most} keys, and can have no more: revoke one that is not used.`)
  }
}

/** There is no such submission or artifact, or it is private to another account. */
export class SubmissionUnknownError extends PolySwarmError {
  readonly code = 'SUBMISSION_UNKNOWN'
  override readonly status = 404

  constructor({ what }: { what: string }) {
    super(`There is no ${what.slice(0, 200)} here that this account can see.`)
  }
}

/** A link to an archive that is too old, or was not made by this service since it was started. */
export class ArchiveLinkError extends PolySwarmError {
  readonly code = 'ARCHIVE_LINK'
  override readonly status = 404

  constructor() {
    super('This link to an archive is not good any more: ask for the list of archives again.')
  }
}

/** A submission is not where it has to be for what is asked of it. */
export class SubmissionStateError extends PolySwarmError {
  readonly code = 'SUBMISSION_STATE'
  override readonly status = 409

  constructor({ id, reason }: { id: string; reason: string }) {
    super(`Submission ${id} ${reason}.`)
  }
}

/** Bytes that are to be judged are too many, too few, or no URL. */
export class UploadRefusedError extends PolySwarmError {
  readonly code = 'UPLOAD_REFUSED'
  override readonly status: number

  constructor({ reason, tooLarge = false }: { reason: string; tooLarge?: boolean }) {
    super(`The upload is refused: ${reason}.`)
    this.status = tooLarge ? 413 : 400
  }
}

/** A submission would cost more than is left of a budget. */
export class BudgetExceededError extends PolySwarmError {
  readonly code = 'BUDGET_EXCEEDED'
  override readonly status = 402

  constructor({ whose, price, left }: { whose: string; price: bigint; left: bigint }) {
    super(
      `Judging this costs up to ${formatNct(price)} NCT, and ${formatNct(left)} are left of the budget of ${whose}: ` +
        'ask the operator to raise it.',
    )
  }
}

/** An account asks for more than it may for now. */
export class QuotaExceededError extends PolySwarmError {
  readonly code = 'QUOTA_EXCEEDED'
  override readonly retryable = true
  override readonly status = 429
  /** Seconds. */
  readonly retryAfter: number

  constructor({ what, retryAfter }: { what: string; retryAfter: number }) {
    super(`${what}: try again in ${retryAfter} seconds.`)
    this.retryAfter = retryAfter
  }
}

/** The service cannot take anything now: it has too much under way, no room, or does not know the market's terms yet. */
export class ConsumerUnavailableError extends PolySwarmError {
  readonly code = 'CONSUMER_UNAVAILABLE'
  override readonly retryable = true
  override readonly status = 503
  /** Seconds. */
  readonly retryAfter: number

  constructor({ reason, retryAfter = 5 }: { reason: string; retryAfter?: number }) {
    super(`The service cannot do this now (${reason}): try again in ${retryAfter} seconds.`)
    this.retryAfter = retryAfter
  }
}
