import { PolySwarmError } from '@polyswarm/protocol'

/** A deployment file that cannot be read or does not say where the contracts are. */
export class DeploymentFileError extends PolySwarmError {
  readonly code = 'DEPLOYMENT_FILE'

  constructor({ file, reason, cause }: { file: string; reason: string; cause?: unknown }) {
    super(`Deployment file ${file} cannot be used: ${reason}. Write one with "polyswarmd deploy".`, { cause })
  }
}

/** A step of deploying the market failed on the chain. */
export class DeploymentFailedError extends PolySwarmError {
  readonly code = 'DEPLOYMENT_FAILED'

  constructor({ step, cause }: { step: string; cause?: unknown }) {
    const reason = cause instanceof Error ? `: ${reasonOf(cause)}` : ''
    super(`Deploying the market failed at ${step}${reason}. Check the node and that the account can pay for gas.`, {
      cause,
    })
  }
}

/** A contract of the market refuses what its governor asks for, or it was not so afterwards. */
export class MarketOperationError extends PolySwarmError {
  readonly code = 'MARKET_OPERATION'

  constructor({ operation, reason }: { operation: string; reason: string }) {
    super(`Cannot ${operation}: ${reason}.`)
  }
}

/** What a verifier of the relay keeps cannot be used. */
export class RelayJournalError extends PolySwarmError {
  readonly code = 'RELAY_JOURNAL'

  constructor({ path, reason, cause }: { path: string; reason: string; cause?: unknown }) {
    super(`The journal ${path} of the relay cannot be used: ${reason}. Give another directory with --data.`, { cause })
  }
}

/** The node of a chain does not answer. */
export class ChainUnavailableError extends PolySwarmError {
  readonly code = 'CHAIN_UNAVAILABLE'
  override readonly retryable = true
  override readonly status = 503

  constructor({ chain, cause }: { chain: string; cause?: unknown }) {
    const reason = cause instanceof Error ? ` (${reasonOf(cause)})` : ''
    super(`The node of the ${chain} chain does not answer${reason}: try again when it is back.`, { cause })
  }
}

/** The node belongs to another chain than the deployment file says. */
export class ChainMismatchError extends PolySwarmError {
  readonly code = 'CHAIN_MISMATCH'

  constructor({ chain, expected, actual }: { chain: string; expected: number; actual: number }) {
    super(
      `The node of the ${chain} chain has chain id ${actual}, its deployment file says ${expected}: correct eth_uri or chain_id.`,
    )
  }
}

/** No contract stands where the deployment file says. */
export class ContractMissingError extends PolySwarmError {
  readonly code = 'CONTRACT_MISSING'

  constructor({ chain, address }: { chain: string; address: string }) {
    super(`The ${chain} chain has no bounty registry at ${address}: deploy the market again, or correct the file.`)
  }
}

/** A ledger that was kept for another chain or registry. */
export class LedgerMismatchError extends PolySwarmError {
  readonly code = 'LEDGER_MISMATCH'

  constructor({ file, field, expected, actual }: { file: string; field: string; expected: string; actual: string }) {
    super(
      `Ledger ${file} was kept for ${field} ${actual}, this chain has ${expected}: give another data directory, or remove the file to read the chain again.`,
    )
  }
}

/** A ledger that SQLite cannot read, or that a newer version wrote. */
export class LedgerDamagedError extends PolySwarmError {
  readonly code = 'LEDGER_DAMAGED'

  constructor({ file, reason, cause }: { file: string; reason: string; cause?: unknown }) {
    super(`Ledger ${file} cannot be used: ${reason}. Remove the file to read the chain again from the start.`, {
      cause,
    })
  }
}

/** The address or port to listen on cannot be had. */
export class ListenError extends PolySwarmError {
  readonly code = 'LISTEN'

  constructor({ host, port, cause }: { host: string; port: number; cause?: unknown }) {
    const code = (cause as NodeJS.ErrnoException | undefined)?.code
    const reason = code === 'EADDRINUSE' ? 'another program uses it' : (code ?? String(cause))
    super(`Cannot listen on ${host}:${port}: ${reason}. Choose another --port (0 picks a free one) or --host.`, {
      cause,
    })
  }
}

/** The data directory cannot be made or written. */
export class DataDirectoryError extends PolySwarmError {
  readonly code = 'DATA_DIRECTORY'

  constructor({ directory, cause }: { directory: string; cause?: unknown }) {
    const reason = cause instanceof Error ? reasonOf(cause) : String(cause)
    super(`Data directory ${directory} cannot be used: ${reason}. Give another with --data.`, { cause })
  }
}

/** The file of the API keys cannot be used. */
export class KeyFileError extends PolySwarmError {
  readonly code = 'KEY_FILE'

  constructor({ file, cause }: { file: string; cause?: unknown }) {
    const reason = cause instanceof Error ? reasonOf(cause) : String(cause)
    super(
      `Key file ${file} cannot be used: ${reason}. Give the daemon's --data, or move the file away and add keys anew.`,
      {
        cause,
      },
    )
  }
}

/** No API key has this id, or it was revoked before. */
export class ApiKeyUnknownError extends PolySwarmError {
  readonly code = 'API_KEY_UNKNOWN'

  constructor({ id }: { id: string }) {
    super(`No API key that is still good has the id "${id}": see "polyswarmd key list".`)
  }
}

/** A configuration file that cannot be read, or says what means nothing. */
export class ConfigFileError extends PolySwarmError {
  readonly code = 'CONFIG_FILE'

  constructor({ file, reason, cause }: { file: string; reason: string; cause?: unknown }) {
    super(`Configuration file ${file} cannot be used: ${reason}.`, { cause })
  }
}

/** A setting that has no meaning. */
export class SettingError extends PolySwarmError {
  readonly code = 'SETTING'

  constructor({ setting, reason }: { setting: string; reason: string }) {
    super(`Setting ${setting} ${reason}.`)
  }
}

/** More work at once than the daemon takes on, whoever asks. */
export class OverloadedError extends PolySwarmError {
  readonly code = 'OVERLOADED'
  override readonly retryable = true
  override readonly status = 503
  /** In seconds, for the header of that name. */
  readonly retryAfter: number

  constructor({ retryAfter }: { retryAfter: number }) {
    super(`The daemon has too much to do: try again in ${retryAfter} seconds`)
    this.retryAfter = retryAfter
  }
}

/** A text that cannot be a content address. */
export class InvalidArtifactUriError extends PolySwarmError {
  readonly code = 'INVALID_ARTIFACT_URI'

  constructor() {
    super('Invalid artifact URI')
  }
}

/** A content address under which nothing is stored. */
export class ArtifactNotFoundError extends PolySwarmError {
  readonly code = 'ARTIFACT_NOT_FOUND'
  override readonly status = 404

  constructor({ uri }: { uri: string }) {
    super(`Artifact with URI ${uri} not found`)
  }
}

/** The artifact store cannot write or read what it should. */
export class ArtifactStoreError extends PolySwarmError {
  readonly code = 'ARTIFACT_STORE'
  override readonly retryable = true
  override readonly status = 503

  constructor({ action, cause }: { action: string; cause?: unknown }) {
    super(`The artifact store cannot ${action}: see the daemon's log, and look after disk and permissions.`, { cause })
  }
}

/** The Kubo node that keeps the artifacts does not answer. */
export class KuboUnreachableError extends PolySwarmError {
  readonly code = 'KUBO_UNREACHABLE'
  override readonly retryable = true
  override readonly status = 503

  constructor({ url, reason, cause }: { url: string; reason: string; cause?: unknown }) {
    super(`The Kubo node at ${new URL(url).origin} does not answer (${reason}): try again when it is back.`, { cause })
  }
}

/** The node's own words, where viem kept them, or the first line of a message: the rest repeats whole requests. */
function reasonOf(cause: Error & { details?: unknown }): string {
  const text = typeof cause.details === 'string' && cause.details !== '' ? cause.details : cause.message
  return text.split('\n', 1)[0]?.replace(/\.$/, '') ?? ''
}
