import { formatNct, PolySwarmError, stringifyJson } from '@polyswarm/protocol'

export * from './backend-errors.js'
export * from './queue-errors.js'
export * from './webhook-errors.js'

/** polyswarmd did not answer, or answered that it cannot now. The same request may succeed later. */
export class GatewayUnavailableError extends PolySwarmError {
  readonly code = 'GATEWAY_UNAVAILABLE'
  override readonly retryable = true
  override readonly status = 503
  /** How long the daemon asked us to wait, in milliseconds, where it did. */
  readonly retryAfter: number | undefined

  constructor({
    url,
    reason,
    retryAfter,
    cause,
  }: {
    url: string
    reason: string
    retryAfter?: number | undefined
    cause?: unknown
  }) {
    super(`polyswarmd at ${url} is not available (${reason}): check that it runs and is reachable, then try again.`, {
      cause,
    })
    this.retryAfter = retryAfter
  }
}

/** polyswarmd understood a request and refused it. */
export class GatewayRefusedError extends PolySwarmError {
  readonly code = 'GATEWAY_REFUSED'
  /** The `errors` of the answer. */
  readonly errors: unknown
  /** The HTTP status of the answer. */
  override readonly status: number

  constructor({ route, status, errors }: { route: string; status: number; errors: unknown }) {
    super(`polyswarmd refused ${route} with status ${status}: ${excerpt(errors)}`)
    this.status = status
    this.errors = errors
  }
}

/** polyswarmd answered something that is not what its API promises. Nothing of such an answer is used. */
export class GatewayAnswerError extends PolySwarmError {
  readonly code = 'GATEWAY_ANSWER'
  override readonly status = 502

  constructor({ route, reason, cause }: { route: string; reason: string; cause?: unknown }) {
    super(`polyswarmd answered ${route} with something unexpected: ${reason}. Is the address that of a polyswarmd?`, {
      cause,
    })
  }
}

/** An answer of polyswarmd is larger than what was asked for can be. */
export class AnswerTooLargeError extends PolySwarmError {
  readonly code = 'ANSWER_TOO_LARGE'
  override readonly status = 502

  constructor({ route, limit }: { route: string; limit: number }) {
    super(`polyswarmd answered ${route} with more than ${limit} bytes: the rest was not read.`)
  }
}

/** An address of polyswarmd that cannot be used. */
export class InvalidGatewayAddressError extends PolySwarmError {
  readonly code = 'INVALID_GATEWAY_ADDRESS'

  constructor({ text, reason }: { text: string; reason: string }) {
    super(
      `"${text.slice(0, 200)}" cannot be used as the address of polyswarmd: ${reason}. ` +
        'Give host:port or a URL such as http://localhost:31337.',
    )
  }
}

/** An API key would travel where everybody can read it. */
export class ApiKeyOverHttpError extends PolySwarmError {
  readonly code = 'API_KEY_OVER_HTTP'

  constructor({ url }: { url: string }) {
    super(`The API key would be sent to ${url} unencrypted: use https, or allow it with --allow-key-over-http.`)
  }
}

/** An option that the program was started with makes no sense. */
export class InvalidOptionError extends PolySwarmError {
  readonly code = 'INVALID_OPTION'

  constructor({ option, reason }: { option: string; reason: string }) {
    super(`${option}: ${reason}.`)
  }
}

/** A file that names the contracts of a market cannot be used. */
export class MarketFileError extends PolySwarmError {
  readonly code = 'MARKET_FILE'

  constructor({ path, reason }: { path: string; reason: string }) {
    super(`Cannot use market file ${path}: ${reason}.`)
  }
}

/** The market is not the one that was pinned when this participant first started. */
export class MarketMismatchError extends PolySwarmError {
  readonly code = 'MARKET_MISMATCH'

  constructor({ field, pinned, got }: { field: string; pinned: string; got: string }) {
    super(
      `The market's ${field} was ${pinned} and is now ${got}: nothing will be signed. If the market was replaced on ` +
        'purpose, start with a new journal (--journal); otherwise do not trust this polyswarmd.',
    )
  }
}

/** A market has no contract for batches of keepers. */
export class NoKeeperContractError extends PolySwarmError {
  readonly code = 'NO_KEEPER_CONTRACT'

  constructor() {
    super(
      "This market has no Keeper contract: deploy one for its registry, and name it in the daemon's deployment file " +
        '(keeper_address) and in market.json (Keeper). A journal that pinned the market before has to be replaced.',
    )
  }
}

/** A market has no relay, so no NCT can cross to its other chain. */
export class NoRelayError extends PolySwarmError {
  readonly code = 'NO_RELAY'

  constructor({ chain }: { chain: string }) {
    super(
      `The ${chain} chain of this market has no relay: NCT cannot cross to the other chain. A market gets one by ` +
        'polyswarmd deploy --relay-verifier, and the deployment file of the daemon has to name it (erc20_relay_address).',
    )
  }
}

/** polyswarmd quoted something that this participant does not sign for. */
export class QuoteRejectedError extends PolySwarmError {
  readonly code = 'QUOTE_REJECTED'
  /** What is not accepted. */
  readonly field: 'chain id' | 'gas' | 'gas price'

  constructor({ field, accepted, got }: { field: QuoteRejectedError['field']; accepted: string; got: string }) {
    super(
      `polyswarmd quoted ${field} ${got} where ${accepted} is accepted: nothing was signed. If gas has become dearer, ` +
        'raise --max-gas-price or --max-gas; otherwise do not trust this polyswarmd.',
    )
    this.field = field
  }
}

/** The bytes of an artifact are not those that its content address promises. */
export class ArtifactMismatchError extends PolySwarmError {
  readonly code = 'ARTIFACT_MISMATCH'

  constructor({ artifact, expected, got }: { artifact: string; expected: string; got: string }) {
    super(`Artifact ${artifact} has content address ${got} where ${expected} was promised: it is refused.`)
  }
}

/** An artifact is larger than this participant takes. */
export class ArtifactTooLargeError extends PolySwarmError {
  readonly code = 'ARTIFACT_TOO_LARGE'
  override readonly status = 413

  constructor({ artifact, limit }: { artifact: string; limit: number }) {
    super(`Artifact ${artifact} is larger than ${limit} bytes: raise --max-artifact-size to judge it.`)
  }
}

/** What should be an archive of a bounty's artifacts is none, or holds something else. Nothing of that block is used. */
export class ContentArchiveError extends PolySwarmError {
  readonly code = 'CONTENT_ARCHIVE'
  override readonly status = 502

  constructor({ uri, reason, cause }: { uri: string; reason: string; cause?: unknown }) {
    super(`The archive that should be that of ${uri} is refused: ${reason}. Do not trust who sent it.`, { cause })
  }
}

/** What was posted as an artifact cannot be put together to a file, whoever sends it. */
export class MalformedArtifactError extends PolySwarmError {
  readonly code = 'MALFORMED_ARTIFACT'

  constructor({ artifact, reason, cause }: { artifact: string; reason: string; cause?: unknown }) {
    super(`${artifact} was posted as an artifact, but is no file that can be read: ${reason}.`, { cause })
  }
}

/** A journal belongs to another account, role or market, or cannot be read. */
export class JournalError extends PolySwarmError {
  readonly code = 'JOURNAL'

  constructor({ path, reason, cause }: { path: string; reason: string; cause?: unknown }) {
    super(`Cannot use journal ${path}: ${reason}.`, { cause })
  }
}

/** Something could not be written to a journal: the disk is full or broken. What it was about is not passed over. */
export class JournalWriteError extends PolySwarmError {
  readonly code = 'JOURNAL_WRITE'
  override readonly retryable = true
  override readonly status = 507

  constructor({ path, reason, cause }: { path: string; reason: string; cause?: unknown }) {
    super(`Cannot write to journal ${path} (${reason}): make room on its disk, or look at the disk's state.`, { cause })
  }
}

/** A second process would use the same journal. */
export class JournalLockedError extends PolySwarmError {
  readonly code = 'JOURNAL_LOCKED'
  override readonly retryable = true
  override readonly status = 409

  constructor({ path }: { path: string }) {
    super(`Journal ${path} is in use by another process: two participants never share one. Stop the other first.`)
  }
}

/** A participant cannot work with what it has, such as too little stake. */
export class ParticipantSetupError extends PolySwarmError {
  readonly code = 'PARTICIPANT_SETUP'

  constructor({ reason }: { reason: string }) {
    super(reason)
  }
}

/** There is not enough NCT for what is to be done; somebody may send some. */
export class InsufficientFundsError extends PolySwarmError {
  readonly code = 'INSUFFICIENT_FUNDS'
  override readonly retryable = true

  constructor({ purpose, needed, balance }: { purpose: string; needed: bigint; balance: bigint }) {
    super(
      `${purpose} needs ${formatNct(needed)} NCT, and this account has ${formatNct(balance)}: send it what is missing.`,
    )
  }
}

/** Money cannot be moved as it was meant to be. */
export class MoneyMoveError extends PolySwarmError {
  readonly code = 'MONEY_MOVE'

  constructor({ move, reason }: { move: string; reason: string }) {
    super(`Cannot ${move}: ${reason}.`)
  }
}

/** The faucet of a development market gives nothing. */
export class FaucetError extends PolySwarmError {
  readonly code = 'FAUCET'
  override readonly retryable = true
  override readonly status = 503

  constructor({ url, reason, cause }: { url: string; reason: string; cause?: unknown }) {
    super(`The faucet at ${url} gives nothing: ${reason}. Is the development market running?`, { cause })
  }
}

/** What came into an account and went out of it is not what it has. */
export class StatementError extends PolySwarmError {
  readonly code = 'STATEMENT'
  override readonly retryable = true
  override readonly status = 503

  constructor({ reason }: { reason: string }) {
    super(`The statement does not add up: ${reason}. The chain may have been reorganised meanwhile: ask again.`)
  }
}

/** In testing mode, something that was due did not happen. */
export class DutyMissedError extends PolySwarmError {
  readonly code = 'DUTY_MISSED'

  constructor({ duties }: { duties: readonly string[] }) {
    super(`Not everything that was due happened: ${duties.join('; ')}.`)
  }
}

/** A participant does not do what it should, or does not run. */
export class ParticipantStuckError extends PolySwarmError {
  readonly code = 'PARTICIPANT_STUCK'

  constructor({ sentence }: { sentence: string }) {
    super(`The participant is ${sentence}.`)
  }
}

/** A truth database cannot be used, or would contradict itself. */
export class TruthDatabaseError extends PolySwarmError {
  readonly code = 'TRUTH_DATABASE'

  constructor({ path, reason, cause }: { path: string; reason: string; cause?: unknown }) {
    super(`Truth database ${path}: ${reason}.`, { cause })
  }
}

/** Truths that contradict each other, or what a truth database holds: nothing was added. */
export class TruthConflictError extends PolySwarmError {
  readonly code = 'TRUTH_CONFLICT'
  override readonly status = 409

  constructor({ path, conflicts }: { path: string; conflicts: readonly string[] }) {
    super(
      `Nothing was added to truth database ${path}, since it would contradict itself: ${conflicts.join('; ')}. ` +
        'Correct what is to be added, or give --replace where the database is wrong.',
    )
  }
}

/** A file that truths are to be read from cannot be read, or says something else. */
export class TruthFileError extends PolySwarmError {
  readonly code = 'TRUTH_FILE'

  constructor({ path, reason, cause }: { path: string; reason: string; cause?: unknown }) {
    super(`Cannot read truths from ${path}: ${reason}.`, { cause })
  }
}

/** A source that an arbiter knows the truth from cannot be asked now. */
export class TruthUnavailableError extends PolySwarmError {
  readonly code = 'TRUTH_UNAVAILABLE'
  override readonly retryable = true
  override readonly status = 503

  constructor({ source, reason, cause }: { source: string; reason: string; cause?: unknown }) {
    super(`Truth source ${source} cannot be asked now: ${reason}.`, { cause })
  }
}

/** The book in which an arbiter keeps what waits for people cannot be used. */
export class CaseBookError extends PolySwarmError {
  readonly code = 'CASE_BOOK'

  constructor({ path, reason, cause }: { path: string; reason: string; cause?: unknown }) {
    super(`Cannot use case book ${path}: ${reason}.`, { cause })
  }
}

/** Something could not be written to a case book: its disk is full, or another program holds it. */
export class CaseBookWriteError extends PolySwarmError {
  readonly code = 'CASE_BOOK_WRITE'
  override readonly retryable = true
  override readonly status = 507

  constructor({ path, reason, cause }: { path: string; reason: string; cause?: unknown }) {
    super(`Cannot write to case book ${path} (${reason}): make room on its disk, or look what holds it.`, { cause })
  }
}

/** There is no such case, or what was asked for is no case. */
export class CaseUnknownError extends PolySwarmError {
  readonly code = 'CASE_UNKNOWN'
  override readonly status = 404

  constructor({ id }: { id: string }) {
    super(`There is no case ${id.slice(0, 80)}: \`arbiter queue\` lists those that are open.`)
  }
}

/** A decision that cannot be taken down. */
export class DecisionRefusedError extends PolySwarmError {
  readonly code = 'DECISION_REFUSED'

  constructor({ field, reason }: { field: string; reason: string }) {
    super(`The decision was not taken down: ${field}: ${reason}.`)
  }
}

/** Whoever asks an arbiter's desk has no key that is good. */
export class ReviewerKeyError extends PolySwarmError {
  readonly code = 'REVIEWER_KEY'
  override readonly status = 401

  constructor() {
    super('Give the key of a reviewer as "Authorization: Bearer KEY"; `arbiter reviewer add NAME` makes one.')
  }
}

/** Too many requests without a good key came to an arbiter's desk. */
export class TooManyTriesError extends PolySwarmError {
  readonly code = 'TOO_MANY_TRIES'
  override readonly retryable = true
  override readonly status = 429

  constructor() {
    super('Too many requests came without a good key: try again in a minute.')
  }
}

/** What an ambassador was told to post cannot be posted. */
export class BountySourceError extends PolySwarmError {
  readonly code = 'BOUNTY_SOURCE'

  constructor({ source, reason }: { source: string; reason: string }) {
    super(`Cannot post ${source}: ${reason}.`)
  }
}

function excerpt(value: unknown): string {
  const text = typeof value === 'string' ? value : stringifyJson(value)
  return text === undefined ? 'nothing' : text.length > 300 ? `${text.slice(0, 300)}…` : text
}
