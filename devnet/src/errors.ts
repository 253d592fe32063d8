import { PolySwarmError } from '@polyswarm/protocol'

/** A setting that cannot be, as it was given on the command line or in the environment. */
export class InvalidSettingError extends PolySwarmError {
  readonly code = 'INVALID_SETTING'

  constructor({ setting, value, expected }: { setting: string; value: string; expected: string }) {
    super(`${setting} is "${value.slice(0, 80)}": give ${expected}.`)
  }
}

/** A port that another program listens on. */
export class PortTakenError extends PolySwarmError {
  readonly code = 'PORT_TAKEN'

  constructor({ port, setting }: { port: number; setting: string }) {
    super(
      `Port ${port} is in use by another program: end it, or choose another port with ${setting} (0 picks a free one).`,
    )
  }
}

/** A data directory that cannot be used as it is. Nothing in it was changed. */
export class DataDirectoryError extends PolySwarmError {
  readonly code = 'MARKET_DIRECTORY'

  constructor({ directory, reason, cause }: { directory: string; reason: string; cause?: unknown }) {
    super(`The data directory ${directory} cannot be used: ${reason}.`, { cause })
  }
}

/** A directory of artifacts, or a list of URLs, that cannot be posted. */
export class ArtifactDirectoryError extends PolySwarmError {
  readonly code = 'ARTIFACT_DIRECTORY'

  constructor({ directory, reason, cause }: { directory: string; reason: string; cause?: unknown }) {
    super(`The artifacts in ${directory} cannot be posted: ${reason}.`, { cause })
  }
}

/** Something that blocks of the dev market cannot do, or a request for it that cannot be read. */
export class BlockControlError extends PolySwarmError {
  readonly code = 'BLOCK_CONTROL'

  constructor({ reason }: { reason: string }) {
    super(`The blocks go on as they did: ${reason}.`)
  }
}

/** A program of the market that did not start, or that does not stay up. */
export class ProcessFailedError extends PolySwarmError {
  readonly code = 'PROCESS_FAILED'

  constructor({ name, reason, log }: { name: string; reason: string; log?: string }) {
    super(`${name} does not run: ${reason.replace(/\.$/, '')}.${log ? ` Its log is ${log}.` : ''}`)
  }
}
