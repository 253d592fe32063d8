import type { Instance } from '@polyswarm/protocol/consumer'
import { PolySwarmError } from '@polyswarm/protocol/errors'
import { EXIT, type ExitStatus } from './exit-status.js'

/** What `polyswarm` gives up over, with the status that it ends with. */
export abstract class CommandError extends PolySwarmError {
  /** The status where this is all that came out. */
  readonly exitStatus: ExitStatus = EXIT.wrong
}

/** The consumer service did not answer, or cannot now. */
export class ServiceUnavailableError extends CommandError {
  readonly code = 'SERVICE_UNAVAILABLE'
  override readonly retryable = true
  override readonly status = 503
  override readonly exitStatus = EXIT.none
  /** Milliseconds that the service asked to wait, where it did. */
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
    super(`The service at ${url} is not available (${reason}): check that it runs, or name another with --api-uri.`, {
      cause,
    })
    this.retryAfter = retryAfter
  }
}

/** The key has asked for all that it may for now. */
export class UsageLimitError extends CommandError {
  readonly code = 'USAGE_LIMIT'
  override readonly retryable = true
  override readonly status = 429
  /** Milliseconds that the service asked to wait, where it did. */
  readonly retryAfter: number | undefined

  constructor({ reason, retryAfter }: { reason: string; retryAfter?: number | undefined }) {
    const wait = retryAfter === undefined ? 'later' : `in ${Math.ceil(retryAfter / 1000)} s`
    super(`The service takes no more from this key for now (${reason}): try again ${wait}.`)
    this.retryAfter = retryAfter
  }
}

/** The service understood a request and refused it. */
export class ServiceRefusedError extends CommandError {
  readonly code = 'SERVICE_REFUSED'
  override readonly status: number

  constructor({ route, status, reason }: { route: string; status: number; reason: string }) {
    super(`The service refused ${route} with status ${status}: ${reason}`)
    this.status = status
  }
}

/** The account's budget, or the service's, does not cover what was asked for. Nothing was posted. */
export class BudgetSpentError extends CommandError {
  readonly code = 'BUDGET_SPENT'
  override readonly status = 402

  constructor({ reason }: { reason: string }) {
    super(`The service does not pay for this (${reason}): polyswarm account shows what is left.`)
  }
}

/** The service does not take the key. */
export class KeyRefusedError extends CommandError {
  readonly code = 'KEY_REFUSED'
  override readonly status = 401

  constructor({ url, reason }: { url: string; reason: string }) {
    super(`The service at ${url} refused the API key (${reason}): give another with --api-key or POLYSWARM_API_KEY.`)
  }
}

/** The service answered something that is not what its API promises. Nothing of such an answer is used. */
export class ServiceAnswerError extends CommandError {
  readonly code = 'SERVICE_ANSWER'
  override readonly status = 502

  constructor({ route, reason, cause }: { route: string; reason: string; cause?: unknown }) {
    super(`The service answered ${route} with something unexpected: ${reason}. Does --api-uri end in /v3?`, { cause })
  }
}

/** The market knows nothing of what was asked for. */
export class NothingFoundError extends CommandError {
  readonly code = 'NOTHING_FOUND'
  override readonly status = 404
  override readonly exitStatus = EXIT.none

  constructor({ subject, reason }: { subject: string; reason: string }) {
    super(`There is nothing for ${subject}: ${reason}`)
  }
}

/** A submission ended without an answer. */
export class SubmissionFailedError extends CommandError {
  readonly code = 'SUBMISSION_FAILED'
  override readonly status = 422
  override readonly exitStatus = EXIT.none

  constructor({ name, id, reason }: { name: string; id: string; reason: string }) {
    super(`Submission ${id} of ${name} failed (${reason}): polyswarm rescan ${id} asks again.`)
  }
}

/** The answer was not there within `--timeout`. The submission goes on. */
export class StillOpenError extends CommandError {
  readonly code = 'STILL_OPEN'
  override readonly retryable = true
  override readonly exitStatus = EXIT.partial
  /** The submission as it was seen last. */
  readonly instance: Instance

  constructor({ name, seconds, instance }: { name: string; seconds: number; instance: Instance }) {
    super(`${name} was not answered within ${seconds} s: polyswarm wait ${instance.id} waits on.`)
    this.instance = instance
  }
}

/** What was to be scanned cannot be submitted. */
export class UnusableTargetError extends CommandError {
  readonly code = 'UNUSABLE_TARGET'

  constructor({ target, reason, cause }: { target: string; reason: string; cause?: unknown }) {
    super(`Cannot scan ${target}: ${reason}.`, { cause })
  }
}

/** No service was named, and none is found beside the command. */
export class NoServiceError extends CommandError {
  readonly code = 'NO_SERVICE'

  constructor({ looked }: { looked: string }) {
    super(
      `There is no service to ask: name one with --api-uri or POLYSWARM_API_URI, or start a market of your own with ` +
        `npm start (looked for it in ${looked}).`,
    )
  }
}

/** An address of a service that cannot be used. */
export class InvalidServiceAddressError extends CommandError {
  readonly code = 'INVALID_SERVICE_ADDRESS'

  constructor({ text, reason }: { text: string; reason: string }) {
    super(`"${text.slice(0, 200)}" cannot be used as the service's address: ${reason}.`)
  }
}

/** The API key would travel where everybody can read it. */
export class KeyInTheClearError extends CommandError {
  readonly code = 'KEY_IN_THE_CLEAR'

  constructor({ url }: { url: string }) {
    super(`The API key would be sent to ${url} unencrypted: use https, or allow it with --allow-key-over-http.`)
  }
}

/** An argument that makes no sense. */
export class InvalidArgumentError extends CommandError {
  readonly code = 'INVALID_ARGUMENT'

  constructor({ argument, reason }: { argument: string; reason: string }) {
    super(`${argument.slice(0, 200)}: ${reason}.`)
  }
}

/** What the service sent as a sample is not what was asked for. It was not kept. */
export class DownloadRefusedError extends CommandError {
  readonly code = 'DOWNLOAD_REFUSED'
  override readonly status = 502

  constructor({ subject, reason }: { subject: string; reason: string }) {
    super(`What the service sent for ${subject} was not kept: ${reason}.`)
  }
}

/** A file cannot be written where it was asked for. */
export class OutputFileError extends CommandError {
  readonly code = 'OUTPUT_FILE'

  constructor({ path, reason, cause }: { path: string; reason: string; cause?: unknown }) {
    super(`Cannot write ${path}: ${reason}.`, { cause })
  }
}

/** A webhook did not answer a ping. It is kept, and pinged again. */
export class WebhookSilentError extends CommandError {
  readonly code = 'WEBHOOK_SILENT'
  override readonly exitStatus = EXIT.none

  constructor({ id }: { id: string }) {
    super(
      `Webhook ${id} did not answer a ping with a status from 200 to 299: check that it listens and knows its secret.`,
    )
  }
}

/** Samples are not written to a terminal: their bytes would move its cursor, or worse. */
export class TerminalOutputError extends CommandError {
  readonly code = 'TERMINAL_OUTPUT'

  constructor({ subject }: { subject: string }) {
    super(`The sample ${subject} is not shown on a terminal: pipe it to a program, or use polyswarm download.`)
  }
}
