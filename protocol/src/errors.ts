/**
 * The root of every error that PolySwarm code throws on purpose. A concrete class takes the data of its case and writes
 * its own sentence: what is wrong, named, and what to do about it. `code` is stable and documented in
 * docs/reference/errors.md; `retryable` says whether the same call can succeed later without anyone changing anything.
 */
export abstract class PolySwarmError extends Error {
  /** Stable identifier, upper-case with underscores. */
  abstract readonly code: string
  /** True where the same call may succeed later. */
  readonly retryable: boolean = false
  /** The HTTP status that a server answers with when this error ends a request. */
  readonly status: number = 400

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/**
 * The exit status of a program that an error ended: 75 (EX_TEMPFAIL of sysexits.h) where trying again can help, else 1.
 *
 * @example
 * ```ts
 * import { exitCodeOf } from '@polyswarm/protocol'
 * exitCodeOf(new Error('no idea')) // => 1
 * ```
 */
export function exitCodeOf(error: unknown): 1 | 75 {
  return error instanceof PolySwarmError && error.retryable ? 75 : 1
}

/** A text or number that is not an amount of Nectar. */
export class InvalidAmountError extends PolySwarmError {
  readonly code = 'INVALID_AMOUNT'

  constructor({ text }: { text: string }) {
    super(`"${text.slice(0, 80)}" is not an amount: give digits, with at most 18 decimal places where NCT are meant.`)
  }
}

/** A text that is not a canonical, hyphenated UUID, or a number that is not a uint128. */
export class InvalidGuidError extends PolySwarmError {
  readonly code = 'INVALID_GUID'

  constructor({ text }: { text: string }) {
    super(
      `"${text.slice(0, 80)}" is not a bounty guid: give a hyphenated UUID such as 7c9e6679-7425-40de-944b-e07fc1f90ae7.`,
    )
  }
}

/** A bit set that does not fit the artifacts it speaks of. */
export class InvalidMaskError extends PolySwarmError {
  readonly code = 'INVALID_MASK'

  constructor({ mask, numArtifacts }: { mask: bigint; numArtifacts: number }) {
    super(`Bit set 0x${mask.toString(16)} does not fit ${numArtifacts} artifacts: a bounty has 1 to 256, one bit each.`)
  }
}

/** A commitment was asked for with the nonce that the contract refuses. */
export class InvalidNonceError extends PolySwarmError {
  readonly code = 'INVALID_NONCE'

  constructor() {
    super('A commitment needs a secret nonce between 1 and 2^256 - 1: draw 32 random bytes.')
  }
}

/** An artifact type that the market does not know. */
export class InvalidArtifactTypeError extends PolySwarmError {
  readonly code = 'INVALID_ARTIFACT_TYPE'

  constructor({ value }: { value: unknown }) {
    super(`${String(value).slice(0, 80)} is not an artifact type: the market knows file (0) and url (1).`)
  }
}

/** A variable of an option without a value says neither yes nor no. */
export class InvalidSwitchError extends PolySwarmError {
  readonly code = 'INVALID_SWITCH'

  constructor({ variable, value }: { variable: string; value: string }) {
    super(`The environment variable ${variable} is "${value.slice(0, 80)}": give true or false.`)
  }
}

/** Bytes that are no state of an offer, or a value that its word cannot hold. */
export class InvalidOfferStateError extends PolySwarmError {
  readonly code = 'INVALID_OFFER_STATE'

  constructor({ reason }: { reason: string }) {
    super(`An offer state ${reason}: give 17 words of 32 bytes, as POST /offers/state writes them.`)
  }
}

/** A keystore file is missing, malformed, or its password is wrong. */
export class KeystoreError extends PolySwarmError {
  readonly code = 'KEYSTORE'

  constructor({ path, reason, cause }: { path: string; reason: string; cause?: unknown }) {
    super(`Cannot use keystore file ${path}: ${reason}.`, { cause })
  }
}
