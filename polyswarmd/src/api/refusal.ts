import { MAX_ARTIFACTS_UNSEALED, PolySwarmError } from '@polyswarm/protocol'
import { MAX_ASKED_BOUNTIES } from '@polyswarm/protocol/routes'

/** Failures whose status and text the API fixes word by word: clients compare them. */
const REFUSALS = {
  ACCOUNT_MISSING: [400, 'Account must be provided'],
  ACCOUNT_INVALID: [400, 'Account must be an Ethereum address'],
  CHAIN_UNKNOWN: [400, 'Chain must one of home, side'],
  BASE_NONCE_INVALID: [400, 'Base nonce must be a non-negative integer'],
  WAIT_INVALID: [400, 'Wait must be a number of whole seconds'],
  PAGE_INVALID: [400, 'Page and count must be non-negative integers'],
  BLOCK_INVALID: [400, 'Blocks must be non-negative integers'],
  ADDRESS_INVALID: [400, 'Invalid address'],
  BALANCE_UNAVAILABLE: [500, 'Could not retrieve balance'],
  NO_ARTIFACTS: [400, 'No artifacts'],
  ARTIFACT_EMPTY: [400, 'Artifact empty'],
  UPLOAD_TOO_LARGE: [413, 'Artifact too large'],
  TOO_MANY_ARTIFACTS: [400, 'Too many artifacts'],
  UPLOAD_UNREADABLE: [400, 'Unable to read file sizes'],
  ARTIFACT_URI_UNCHECKED: [400, 'Failed to check artifact uri'],
  TOO_MANY_LINKS: [400, 'Invalid IPFS resource, too many links'],
  ARCHIVE_UNSUPPORTED: [406, 'Only CAR of version 1, depth first, is served'],
  DAG_SCOPE_INVALID: [400, 'dag-scope must be one of all, entity, block'],
  ARTIFACT_POSITIONS_INVALID: [400, 'artifacts must be positions in the directory, such as 0,3,7'],
  BOUNTY_AMOUNT_INVALID: [400, 'Invalid bounty amount'],
  BOUNTY_METADATA_INVALID: [400, 'Invalid bounty metadata URI (should be IPFS hash)'],
  METADATA_INVALID: [400, 'Invalid metadata'],
  BOUNTY_NOT_FOUND: [404, 'Bounty not found'],
  ASSERTION_NOT_FOUND: [404, 'Assertion not found'],
  OFFER_NOT_FOUND: [404, 'Offer channel not found'],
  OFFER_URI_INVALID: [400, 'Contract does not have a valid WebSocket uri'],
  PROOF_INVALID: [403, 'proof must be SECONDS.SIGNATURE of a party of this channel, at most five minutes old'],
  ROOM_FULL: [503, 'Too many connections listen to the messages of this offer'],
  UPGRADE_REQUIRED: [426, 'This path is a WebSocket: open it with ws:// or wss://, which asks for the upgrade'],
  VOTE_NOT_FOUND: [404, 'Vote not found'],
  COMMITMENT_MISSING: [400, 'Require verdicts and bid_portions or a commitment'],
  SEAL_NOT_BINDING: [400, `On more than ${MAX_ARTIFACTS_UNSEALED} artifacts a commitment must be sealed (seal: bound)`],
  BIDS_MISMATCH: [400, 'bid_portions must be equal in length to the number of true mask values'],
  ASSERTION_BID_INVALID: [400, 'Invalid assertion bid'],
  STAKE_ABOVE_MAXIMUM: [400, 'Total stake above allowable maximum.'],
  LIMIT_INVALID: [400, 'Limit must be an integer from 1 to 100'],
  QUOTE_RECIPIENT_INVALID: [400, 'Calls must be to contracts of this market'],
  ORDER_INVALID: [400, 'Order must be oldest or newest'],
  PHASE_INVALID: [400, 'Phase must be one of assertion, reveal, vote, quorum, finished'],
  FEES_INVALID: [400, 'Fees must be one of legacy, eip1559'],
  GUID_INVALID: [400, 'Guid must be a hyphenated UUID'],
  GUIDS_INVALID: [400, `Guids must be 1 to ${MAX_ASKED_BOUNTIES} hyphenated UUIDs with commas between them`],
  OPENING_EARLY: [403, 'Engines can still assert on this bounty: keep the opening until the block of its expiration'],
  OPENING_LATE: [400, 'The reveal window of this bounty is over'],
  OPENING_MISMATCH: [400, 'The opening is not that of the sealed assertion'],
  OPENINGS_FULL: [503, 'There is no room for more openings: reveal by yourself'],
  UNAUTHORIZED: [401, 'Unauthorized'],
  MULTIPLE_WITHOUT_KEY: [403, 'Posting multiple transactions requires an API key'],
  PAYLOAD_TOO_LARGE: [413, 'Payload too large'],
  CURSOR_INVALID: [400, 'since must be empty, 0, latest or a cursor that this daemon sent'],
  CURSOR_TOO_OLD: [410, 'What followed this cursor is no longer kept: start from 0, or say resume=open'],
  RESUME_INVALID: [400, 'resume must be open'],
} as const satisfies Record<string, readonly [number, string]>

/** One of the failures that the API documents. */
export type RefusalCode = keyof typeof REFUSALS

/** A request that is refused with a documented status and text. */
export class RefusalError extends PolySwarmError {
  readonly code: RefusalCode
  override readonly status: number

  constructor(code: RefusalCode) {
    const [status, message] = REFUSALS[code]
    super(message)
    this.code = code
    this.status = status
  }
}

/** A request that speaks of a chain that this daemon does not serve. */
export class ChainNotServedError extends PolySwarmError {
  readonly code = 'CHAIN_NOT_SERVED'

  constructor({ chain, served }: { chain: string; served: readonly string[] }) {
    super(`Chain must one of ${served.join(', ')}: this daemon has no ${chain} chain`)
  }
}

/** A request for a contract that the deployment file of the chain does not name. */
export class ContractNotDeployedError extends PolySwarmError {
  readonly code = 'CONTRACT_NOT_DEPLOYED'

  constructor({ chain, contract }: { chain: string; contract: string }) {
    super(`The ${chain} chain has no ${contract}: its deployment file names none.`)
  }
}

/** A body that its schema does not accept. */
export class InvalidBodyError extends PolySwarmError {
  readonly code = 'INVALID_BODY'

  constructor({ detail }: { detail: string }) {
    super(`Invalid JSON: ${detail}`)
  }
}

/** A stake withdrawal beyond what is free. */
export class WithdrawalTooLargeError extends PolySwarmError {
  readonly code = 'WITHDRAWAL_TOO_LARGE'

  constructor({ withdrawable }: { withdrawable: bigint }) {
    super(`Exceeds withdrawal eligible ${withdrawable}`)
  }
}

/** An artifact beyond the size that this daemon hands out. */
export class StoredArtifactTooLargeError extends PolySwarmError {
  readonly code = 'STORED_ARTIFACT_TOO_LARGE'

  constructor({ uri }: { uri: string }) {
    super(`Artifact with URI ${uri} too large`)
  }
}

/** A page of guids that is not made of whole pages of the contract. */
export class PageSizeError extends PolySwarmError {
  readonly code = 'PAGE_SIZE'

  constructor({ pageSize }: { pageSize: number }) {
    super(`Count must be a multiple of page size ${pageSize}`)
  }
}

/** A transaction that the chain would refuse as it stands now. */
export class WouldFailError extends PolySwarmError {
  readonly code = 'WOULD_FAIL'

  constructor({ reason }: { reason: string }) {
    super(`Transaction would fail: ${reason}`)
  }
}

/** A caller that asks more often, or sends and fetches more at once, than its key allows. */
export class TooManyRequestsError extends PolySwarmError {
  readonly code = 'TOO_MANY_REQUESTS'
  override readonly retryable = true
  override readonly status = 429
  /** In seconds, for the header of that name. */
  readonly retryAfter: number

  constructor({ retryAfter }: { retryAfter: number }) {
    super(`Too many requests: try again in ${retryAfter} seconds`)
    this.retryAfter = retryAfter
  }
}

/** A request under a name that is none of this daemon's: a page can have its own name resolve to 127.0.0.1. */
export class UnknownHostError extends PolySwarmError {
  readonly code = 'UNKNOWN_HOST'
  override readonly status = 421

  constructor({ host }: { host: string }) {
    super(
      `This daemon does not go by the name "${host.slice(0, 100)}": ask by its address or localhost, or name it in --allowed-hosts.`,
    )
  }
}

/** A request that a page of another origin sent through a browser. */
export class ForeignOriginError extends PolySwarmError {
  readonly code = 'FOREIGN_ORIGIN'
  override readonly status = 403

  constructor({ origin }: { origin: string }) {
    super(
      `Pages of ${origin.slice(0, 100)} may not use this daemon: whoever runs it can name them in --allowed-origins.`,
    )
  }
}

/** A body beyond what the route, or a caller without a key, may send. */
export class BodyTooLargeError extends PolySwarmError {
  readonly code = 'BODY_TOO_LARGE'
  override readonly status = 413

  constructor({ limit }: { limit: number }) {
    super(`The body of this request may have ${limit} bytes at most`)
  }
}

/** A body that does not arrive. */
export class BodyTooSlowError extends PolySwarmError {
  readonly code = 'BODY_TOO_SLOW'
  override readonly retryable = true
  override readonly status = 408

  constructor() {
    super('The body of this request took too long to arrive')
  }
}

/** A path whose variable part cannot be one: the same as a path that does not exist. */
export class UnknownPathError extends PolySwarmError {
  readonly code = 'UNKNOWN_PATH'
  override readonly status = 404

  constructor() {
    super('The requested URL was not found on the server.')
  }
}
